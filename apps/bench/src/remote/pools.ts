import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createExecutor } from '@anypool/bullmq';
import { tasksFrom } from '@anypool/core';
import { Queue, QueueEvents } from 'bullmq';

/**
 * Who is measured: our executor, and BullMQ with its processor on the host's main thread, in threads that get a bare message for each job, or
 * in child processes of its own.
 */
export const contenders = ['anypool', 'raw', 'threads', 'sandboxed'] as const;
export type Contender = (typeof contenders)[number];

/** A caller with its hosts. */
export interface RemotePool {
  /** Runs a task that does nothing, or waits so many ms, and resolves with its result. */
  run(ms?: number): Promise<unknown>;
  close(): Promise<void>;
}

/** How many tasks a host takes at once, and a caller has under way. */
export const concurrency = 8;
export const inFlight = 100;

const tasks = tasksFrom<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url));

/** Opens a queue of its own, with so many hosts. */
export async function openRemote(contender: Contender, url: string, hosts: number): Promise<RemotePool> {
  const queue = `bench-${randomUUID()}`;
  const children = await Promise.all(Array.from({ length: hosts }, () => startHost(contender, url, queue)));
  const caller = contender === 'anypool' ? ourCaller(url, queue) : await rawCaller(url, queue);
  return {
    run: caller.run,
    async close() {
      await caller.close();
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
      const left = new Queue(queue, { connection: { url } });
      await left.obliterate({ force: true });
      await left.close();
    },
  };
}

function ourCaller(url: string, queue: string): RemotePool {
  const executor = createExecutor({
    connection: url,
    queue,
    maxWorkers: inFlight,
    starvationThreshold: Number.POSITIVE_INFINITY,
  });
  return {
    run: (ms) => (ms === undefined ? executor.submit(tasks.noop) : executor.submit(tasks.wait, ms)),
    close: () => executor.shutdown(),
  };
}

async function rawCaller(url: string, queue: string): Promise<RemotePool> {
  const connection = { url };
  // From the first event on: BullMQ 6.7 else begins with what comes after its first read, and waits for ever for a job that was done before.
  const [jobs, events] = [new Queue(queue, { connection }), new QueueEvents(queue, { connection, lastEventId: '0' })];
  // Each waiting job listens on both.
  jobs.setMaxListeners(0);
  events.setMaxListeners(0);
  await events.waitUntilReady();
  return {
    async run(ms) {
      // Not `true`: BullMQ 6.7 then fails to wait for a job that is done before it began to.
      const job = await jobs.add('task', ms === undefined ? {} : { ms }, { removeOnComplete: { count: 1000 } });
      await job.waitUntilFinished(events);
    },
    async close() {
      await events.close();
      await jobs.close();
    },
  };
}

async function startHost(contender: Contender, url: string, queue: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./host.js', import.meta.url));
  const child = spawn(process.execPath, [script, contender, url, queue, `${concurrency}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit').then(() => {
    throw new Error('A worker host of the bench ended before it took tasks.');
  });
  await Promise.race([once(createInterface({ input: child.stdout }), 'line'), gone]);
  return child;
}
