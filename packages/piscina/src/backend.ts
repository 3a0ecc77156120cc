import type { Worker } from 'node:worker_threads';
import {
  type Backend,
  capabilities,
  startThreadWorker,
  takeLastListener,
  type WorkerInit,
  type WorkerLibrary,
} from '@anypool/core/backend';
import { Piscina } from 'piscina';
import type { PiscinaOptions } from './options.js';

/** piscina's threads. */
export function threadBackend(entry: string, options: PiscinaOptions): Backend {
  return {
    name: 'piscina',
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
    startWorker: (init, events) => startThreadWorker(init, events, poolOfOne(init, entry, options)),
  };
}

/** A pool with a single worker, for each of the executor's workers: of several, piscina does not say which one died. */
function poolOfOne(init: WorkerInit, entry: string, options: PiscinaOptions): WorkerLibrary<Worker> {
  const pool = new Piscina(poolOptions(init, entry, options));
  return {
    start(message, transferList) {
      const [raw] = pool.threads;
      if (raw === undefined) throw new Error('piscina started no thread; this adapter knows piscina 5.3.');
      // At these, piscina 5.3 starts another worker in place of the one that ended (W5), and emits an 'error' that ends the caller's
      // process where nobody listens (W3). Core knows by itself how a worker ended.
      takeLastListener(raw, 'error');
      takeLastListener(raw, 'exit');
      const reply = pool.run(message, { transferList });
      reply.catch(() => {});
      return { raw, reply };
    },
    // Its port is closed with the thread, and nothing else is left of the pool. destroy() would wait for an 'exit' that is over.
    discard() {},
  };
}

function poolOptions(
  init: WorkerInit,
  entry: string,
  options: PiscinaOptions,
): NonNullable<ConstructorParameters<typeof Piscina>[0]> {
  const { niceIncrement, trackUnmanagedFds, workerData } = options;
  const { env, argv, execArgv, resourceLimits } = init;
  return {
    ...(niceIncrement !== undefined && { niceIncrement }),
    ...(trackUnmanagedFds !== undefined && { trackUnmanagedFds }),
    workerData,
    // Never the task's module: after a file that does not load, piscina 5.3 leaves what waits pending for ever (E9).
    filename: entry,
    name: 'receive',
    minThreads: 1,
    maxThreads: 1,
    // With atomics, an idle piscina 5.3 thread is blocked: what a task left behind would fail inside the next one (W3), and no message
    // would reach it (C2, W1).
    atomics: 'disabled',
    recordTiming: false,
    ...(env && { env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(resourceLimits && { resourceLimits }),
  };
}
