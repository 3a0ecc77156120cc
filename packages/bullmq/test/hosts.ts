import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
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
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
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

/** The fixture modules of the conformance suite. */
export function fixtureModules(): string[] {
  const folder = new URL('fixtures/', import.meta.resolve('@anypool/conformance'));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js') && file !== 'index.js')
    .map((file) => fileURLToPath(new URL(file, folder)));
}
