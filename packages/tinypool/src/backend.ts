import { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  type Backend,
  capabilities,
  startProcessWorker,
  startThreadWorker,
  takeLastListener,
  type WorkerInit,
  type WorkerLibrary,
} from '@anypool/core/backend';
import { Tinypool } from 'tinypool';
import type { TinypoolOptions } from './options.js';

type Runtime = 'worker_threads' | 'child_process';

/** tinypool's threads. */
export function threadBackend(entry: string, options: TinypoolOptions): Backend {
  return {
    name: 'tinypool',
    kind: 'thread',
    capabilities: capabilities({
      transfer: true,
      sharedMemory: true,
      terminate: true,
      stream: true,
      recycle: true,
      resourceLimits: true,
      isolation: true,
    }),
    startWorker: (init, events) =>
      startThreadWorker(init, events, poolOfOne(init, 'worker_threads', entry, options, rawThread)),
  };
}

/** tinypool's child processes. */
export function processBackend(entry: string, options: TinypoolOptions): Backend {
  return {
    name: 'tinypool',
    kind: 'process',
    capabilities: capabilities({ terminate: true, stream: true, recycle: true, isolation: true }),
    startWorker: (init, events) =>
      startProcessWorker(
        init,
        events,
        evenWithoutPipes(() => poolOfOne(init, 'child_process', entry, options, rawProcess)),
      ),
  };
}

/** A pool with a single worker, for each of the executor's workers: of several, tinypool does not say which one died. */
function poolOfOne<Raw extends EventEmitter>(
  init: WorkerInit,
  runtime: Runtime,
  entry: string,
  options: TinypoolOptions,
  raw: (pool: Tinypool) => Raw,
): WorkerLibrary<Raw> {
  const pool = withoutTraces(() => new QuietPool(poolOptions(init, runtime, entry, options)));
  return {
    start(message, transferList) {
      const worker = raw(pool);
      // tinypool 2.2 would start another worker in place of one that failed, which core does, knowing why (W5).
      worker.prependListener('error', () => {
        pool.options.minThreads = 0;
      });
      const reply = pool.run(message, { transferList });
      reply.catch(() => {});
      return { raw: worker, reply };
    },
    // tinypool 2.2 keeps a process's ports when the process has exited by itself (X7). Not awaited: destroy() waits for an 'exit' that
    // is over.
    discard: () => void pool.destroy().catch(() => {}),
  };
}

// Out of file descriptors, Node makes a process that has neither pipes nor a send(). tinypool 2.2 throws for want of that, and leaves behind a
// port that holds the caller, and a process whose 'error' ends it (W5). Core knows such a process when it sees one.
function evenWithoutPipes(start: () => WorkerLibrary<ChildProcess>): WorkerLibrary<ChildProcess> {
  const made: ChildProcess[] = [];
  const listener = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('process' in message)) return;
    if (!(message.process instanceof ChildProcess)) return;
    // Until Node gives it one.
    message.process.send = () => false;
    made.push(message.process);
  };
  subscribe('child_process', listener);
  try {
    const library = start();
    return {
      ...library,
      discard() {
        const withoutPipes = made.filter((raw) => raw.stdio === undefined);
        // Its kill() would be one of this process's whole group in Node 20 and 22.
        for (const raw of withoutPipes) raw.kill = () => false;
        library.discard();
        for (const raw of withoutPipes) {
          // Which tinypool 2.2 waits for before it closes its port (X7), and while it does, its listener throws at an 'error'.
          raw.emit('exit', null, null);
          raw.removeAllListeners('error');
        }
      },
    };
  } finally {
    unsubscribe('child_process', listener);
  }
}

// tinypool 2.2 emits 'error' when a worker dies without a task; with no listener, that would end the caller's process (W3). Nobody hears
// the other event either, a 'drain' after each call.
class QuietPool extends Tinypool {
  override emit(): boolean {
    return true;
  }
}

function poolOptions(
  init: WorkerInit,
  runtime: Runtime,
  entry: string,
  options: TinypoolOptions,
): ConstructorParameters<typeof Tinypool>[0] {
  const { trackUnmanagedFds, terminateTimeout, workerData } = options;
  const { argv, execArgv, resourceLimits } = init;
  return {
    ...(trackUnmanagedFds !== undefined && { trackUnmanagedFds }),
    ...(terminateTimeout !== undefined && { terminateTimeout }),
    workerData,
    // Never the task's module: after a file that does not load, tinypool 2.2 leaves what waits pending for ever (E9).
    filename: entry,
    runtime,
    // The worker is the minimum: above it, tinypool 2.2 ends what it takes to be idle.
    minThreads: 1,
    maxThreads: 1,
    // With atomics, an idle tinypool 2.2 thread is blocked: what a task left behind would fail inside the next one (W3), and no
    // message would reach it (C2, W1).
    useAtomics: false,
    // tinypool 2.2 sends JSON to its processes, which carries no bytes (V1), and gives them an empty environment (W10).
    serialization: 'advanced',
    ...(runtime === 'child_process' ? { env: init.env ?? ownEnv() } : init.env && { env: init.env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(resourceLimits && { resourceLimits }),
  };
}

function ownEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([key, value = '']) => [key, value]));
}

// For each child process, tinypool 2.2 raises the limits of listeners on process.stdout and process.stderr, for good (X8).
function withoutTraces<T>(start: () => T): T {
  const streams = [process.stdout, process.stderr];
  const limits = streams.map((stream) => stream.getMaxListeners());
  try {
    return start();
  } finally {
    streams.forEach((stream, i) => {
      stream.setMaxListeners(limits[i] ?? 10);
    });
  }
}

function rawThread(pool: Tinypool): Worker {
  const [worker] = pool.threads;
  if (worker === undefined || !('thread' in worker) || !(worker.thread instanceof Worker)) {
    throw new Error('tinypool started no thread; this adapter knows tinypool 2.2.');
  }
  const { thread } = worker;
  // A task can post what it likes: for what is not its own, tinypool 2.2 ends the thread, and for null the caller's process (W2).
  const listener = takeLastListener(thread, 'message');
  thread.on('message', (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'ready' in message) listener(message);
  });
  return thread;
}

function rawProcess(pool: Tinypool): ChildProcess {
  const [worker] = pool.threads;
  if (worker === undefined || !('process' in worker) || !(worker.process instanceof ChildProcess)) {
    throw new Error('tinypool started no process; this adapter knows tinypool 2.2.');
  }
  // tinypool 2.2 stops piping at 'exit', with output still to come; core forwards it to its end (W10).
  worker.process.stdout?.unpipe(process.stdout);
  worker.process.stderr?.unpipe(process.stderr);
  return worker.process;
}
