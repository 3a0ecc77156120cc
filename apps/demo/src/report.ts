import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { defaultMaxWorkers } from 'anypool';
import { backends } from './backends.js';
import type { CheckResult } from './checks/check.js';
import type { Difference } from './files/compare.js';
import type { Run } from './sections/real-work.js';
import type { UnreadableFile } from './tasks/examine-file.js';

/** How fast a backend was on the files. */
export interface Throughput {
  readonly backend: string;
  readonly workers: number;
  readonly files: number;
  readonly unreadable: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly filesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Against the inline executor, which does the same work on one thread. */
  readonly speedUp: number;
}

/** What section 1 worked on and what came of it. */
export interface RealWorkReport {
  readonly folder: string;
  readonly files: number;
  readonly throughput: readonly Throughput[];
  readonly unreadable: readonly UnreadableFile[];
  /** Per backend, what differed from the inline executor's results. */
  readonly differences: Readonly<Record<string, readonly Difference[]>>;
  /** Files that changed while the demo ran. */
  readonly changed: readonly string[];
}

/** Everything that the demo found: the content of the file of `--json`. */
export interface Report {
  readonly started: string;
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly targets: readonly string[];
  readonly realWork: RealWorkReport;
  readonly checks: readonly CheckResult[];
  readonly summary: { readonly held: number; readonly failed: number };
}

/** A run's figures, with the inline run for the speed-up. */
export function throughputOf(run: Run, inline: Run): Throughput {
  return {
    backend: run.name,
    workers: run.workers,
    files: run.reports.length,
    unreadable: run.reports.filter((report) => !report.ok).length,
    bytes: run.bytes,
    seconds: run.seconds,
    filesPerSecond: run.reports.length / run.seconds,
    megabytesPerSecond: run.bytes / 1e6 / run.seconds,
    speedUp: inline.seconds / run.seconds,
  };
}

/** Of Node, of anypool's packages and of the libraries beneath them. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const names = [
    'anypool',
    '@anypool/core',
    ...backends.flatMap(({ name, library }) => [`@anypool/${name}`, library ?? []].flat()),
  ];
  const found = names.map(async (name): Promise<[string, string]> => [name, await packageVersion(name)]);
  return { node: process.version, v8: process.versions.v8, ...Object.fromEntries(await Promise.all(found)) };
}

export function machine(): Readonly<Record<string, string | number>> {
  return {
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    usableCpus: availableParallelism(),
    defaultMaxWorkers: defaultMaxWorkers(),
  };
}

// Not every library exports its package.json, so it is looked for above the main module.
async function packageVersion(name: string): Promise<string> {
  const main = import.meta.resolve(name);
  for (
    let folder = new URL('./', main), last = '';
    folder.href !== last;
    last = folder.href, folder = new URL('../', folder)
  ) {
    const text = await readFile(new URL('package.json', folder), 'utf8').catch(() => undefined);
    const content: unknown = text === undefined ? undefined : JSON.parse(text);
    if (isManifest(content) && content.name === name) return content.version;
  }
  return 'unknown';
}

function isManifest(value: unknown): value is { name: string; version: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'version' in value &&
    typeof value.version === 'string'
  );
}
