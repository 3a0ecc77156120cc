import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WorkerHostOptions, WorkerHostStats } from '@anypool/bullmq';
import type { NativeExecutorOptions } from '@anypool/native';

/** The options of a host, as data. */
export interface HostProcessOptions extends Omit<WorkerHostOptions, 'executor' | 'tasks' | 'connection' | 'secret'> {
  readonly connection: string;
  readonly secret?: string;
  readonly tasks: readonly string[];
  readonly executor: NativeExecutorOptions;
}

/** A worker host that runs as a process of its own. */
export interface HostProcess {
  readonly child: ChildProcess;
  /** Ends it as an out-of-memory killer would. */
  kill(): Promise<void>;
  /** Lets it drain, and gives what it has done. */
  stop(): Promise<WorkerHostStats>;
}

/** Starts a host, and resolves when it takes tasks. */
export async function startHost(options: HostProcessOptions): Promise<HostProcess> {
  const script = fileURLToPath(new URL('./host-process.js', import.meta.url));
  // Of its own: what tasks write by a relative path is to lie nowhere else.
  const cwd = mkdtempSync(join(tmpdir(), 'anypool-host-'));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').finally(() => rmSync(cwd, { recursive: true, force: true, maxRetries: 3 }));
  const lines = createInterface({ input: child.stdout });
  let last = '';
  lines.on('line', (line) => {
    last = line;
  });
  await Promise.race([once(lines, 'line'), exited.then(() => Promise.reject(new Error('The host did not start.')))]);
  return {
    child,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      return JSON.parse(last);
    },
  };
}

/** A host for the conformance suite, whose adapter is adapter.js; `env` is what that finds it by. */
export async function startConformanceHost(
  connection: string,
): Promise<HostProcess & { readonly queue: string; readonly env: Readonly<Record<string, string>> }> {
  const queue = `conformance-${randomUUID()}`;
  const executor = { kind: 'process', maxWorkers: 24, idleTimeout: 3000 } as const;
  const host = await startHost({ connection, queue, tasks: fixtureModules(), maxPayload: 2 ** 28, executor });
  return { ...host, queue, env: { ANYPOOL_TEST_REDIS: connection, ANYPOOL_TEST_QUEUE: queue } };
}

function fixtureModules(): string[] {
  const folder = new URL('fixtures/', import.meta.resolve('@anypool/conformance'));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js') && file !== 'index.js')
    .map((file) => fileURLToPath(new URL(file, folder)));
}
