import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BullmqExecutorOptions,
  createExecutor,
  createWorkerHost,
  type WorkerHost,
  type WorkerHostOptions,
} from '@anypool/bullmq';
import { type Executor, tasksFrom } from '@anypool/core';
import { createExecutor as createNativeExecutor } from '@anypool/native';
import { afterEach } from 'vitest';
import { type HostProcess, type HostProcessOptions, startHost } from './hosts.js';
import { removeKeys } from './redis.js';

/** The tasks that the tests' hosts have. */
export const tasks = tasksFrom<{
  double(value: number): number;
  trace(file: string, line: string): string;
  waitFor(latch: string, file: string, line: string): Promise<string>;
  blockUntil(latch: string, file: string): string;
  text(length: number): string;
  report(count: number): Promise<number>;
  reportText(length: number): Promise<number>;
  texts(count: number, length: number): AsyncGenerator<string>;
  items(count: number): AsyncGenerator<number>;
  fail(message: string): never;
  crash(code: number): never;
  environment(): Record<string, unknown>;
}>(new URL('./tasks.js', import.meta.url));

const tasksFile = fileURLToPath(new URL('./tasks.js', import.meta.url));

/** A file that tasks leave lines in, and one that they wait for. */
export interface Traces {
  readonly file: string;
  readonly latch: string;
  lines(): string[];
  /** Resolves when there are so many lines. */
  until(count: number): Promise<string[]>;
  open(): void;
}

/** A queue of one test's own, and all that the test makes for it; it is ended after the test. */
export interface Hosting {
  readonly queue: string;
  executor(options?: Partial<BullmqExecutorOptions>): Executor;
  host(options?: Partial<HostProcessOptions>): Promise<HostProcess>;
  /** A host in the test's own process. */
  hostHere(options?: Partial<WorkerHostOptions>): WorkerHost;
  traces(): Traces;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Makes a {@link Hosting} on a Redis. */
export function hosting(connection: string): Hosting {
  const queue = `test-${randomUUID()}`;
  // The first of its ends is the last: nobody else uses the queue by then.
  ends.push(() => removeKeys(connection, queue));
  return {
    queue,
    executor(options = {}) {
      const executor = createExecutor({ connection, queue, ...options });
      ends.push(() => executor.terminate());
      return executor;
    },
    async host(options = {}) {
      const host = await startHost({
        connection,
        queue,
        tasks: [tasksFile],
        executor: { kind: 'thread', maxWorkers: 4 },
        ...options,
      });
      ends.push(() => host.kill());
      return host;
    },
    hostHere(options = {}) {
      const executor = createNativeExecutor({ kind: 'thread', maxWorkers: 2 });
      const host = createWorkerHost({ connection, queue, tasks: [tasksFile], executor, ...options });
      ends.push(async () => {
        await host.close({ timeout: 0 });
        await executor.terminate();
      });
      return host;
    },
    traces() {
      const folder = mkdtempSync(join(tmpdir(), 'anypool-bullmq-'));
      ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
      const [file, latch] = [join(folder, 'trace'), join(folder, 'latch')];
      const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []);
      return {
        file,
        latch,
        lines,
        async until(count) {
          while (lines().length < count) await new Promise((resolve) => setTimeout(resolve, 5));
          return lines();
        },
        open: () => writeFileSync(latch, ''),
      };
    },
  };
}
