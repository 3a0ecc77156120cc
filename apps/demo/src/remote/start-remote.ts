import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Executor, ExecutorOptions } from '@anypool/core';

const hosts = 2;
const script = fileURLToPath(new URL('./worker-host.js', import.meta.url));

/** Where hosts and callers meet; the scripts of some checks, which are processes of their own, come to the same hosts. */
const queueVariable = 'ANYPOOL_DEMO_QUEUE';

/** The remote executors of this process, and the worker hosts that they need, each of them a process. */
export async function startRemote(): Promise<{
  createExecutor(options?: ExecutorOptions): Executor;
  end(): Promise<void>;
}> {
  const { createExecutor } = await import('@anypool/bullmq');
  const connection = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const known = process.env[queueVariable];
  const queue = known ?? `anypool-demo-${process.pid}`;
  const children: ChildProcess[] = [];
  if (known === undefined) {
    process.env[queueVariable] = queue;
    for (let n = 0; n < hosts; n += 1)
      children.push(spawn(process.execPath, [script, connection, queue], { stdio: ['ignore', 'pipe', 'inherit'] }));
    await Promise.all(children.map(ready));
  }
  return {
    createExecutor: ({ kind: _, ...options } = {}) =>
      createExecutor({ connection, queue, maxWorkers: 2 * hosts, ...options }),
    async end() {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
      if (known === undefined) delete process.env[queueVariable];
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('A worker host has no output.');
  const line = once(createInterface({ input: child.stdout }), 'line');
  const gone = once(child, 'exit').then(([exitCode]) => {
    throw new Error(
      `A worker host ended with exit code ${exitCode}. Is there a Redis at REDIS_URL, or at 127.0.0.1:6379?`,
    );
  });
  await Promise.race([line, gone]);
}
