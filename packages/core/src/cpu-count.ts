import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * How many CPUs this process may really use: its affinity, bounded by the CPU quota of its cgroup (a container's limit), at least 1.
 *
 * @param root where `/proc` and `/sys` are looked for
 * @param available what the affinity allows
 */
export function usableCpus(root = '/', available: number = availableParallelism()): number {
  const quota = cgroupQuota(root);
  // A quota of 1.5 CPUs keeps two threads busy; one would leave half a CPU unused.
  return Math.max(1, Math.min(available, quota === undefined ? available : Math.ceil(quota)));
}

/** The number of threads of the default executor: `min(32, n + 4)`, with n the CPUs that this process may really use. */
export function defaultMaxWorkers(): number {
  return Math.min(32, usableCpus() + 4);
}

/** The smallest quota, in CPUs, on the way from this process's cgroup up to the root; undefined without any. */
function cgroupQuota(root: string): number | undefined {
  const quotas: number[] = [];
  for (const line of (read(root, 'proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    for (const folder of upwards(path)) {
      if (controllers === '') quotas.push(...quotaV2(read(root, join('sys/fs/cgroup', folder, 'cpu.max'))));
      else if (controllers.split(',').includes('cpu')) quotas.push(...quotaV1(root, controllers, folder));
    }
  }
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}

// Inside a container the path may be the host's, which is not there; the folders above it end at the one that is.
function upwards(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('/')).concat('');
}

function quotaV2(text: string | undefined): number[] {
  const [quota, period] = (text ?? '').trim().split(' ');
  return ratio(quota, period ?? '100000');
}

function quotaV1(root: string, controllers: string, folder: string): number[] {
  for (const mount of [controllers, 'cpu']) {
    const base = join('sys/fs/cgroup', mount, folder);
    const quota = read(root, join(base, 'cpu.cfs_quota_us'));
    if (quota !== undefined) return ratio(quota, read(root, join(base, 'cpu.cfs_period_us')));
  }
  return [];
}

// 'max' and -1 mean without limit.
function ratio(quota: string | undefined, period: string | undefined): number[] {
  const cpus = Number(quota?.trim() || 'none') / Number(period?.trim() || 'none');
  return Number.isFinite(cpus) && cpus > 0 ? [cpus] : [];
}

function read(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
