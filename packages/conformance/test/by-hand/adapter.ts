import { type Transferable, Worker } from 'node:worker_threads';
import { type Executor, type ExecutorOptions, WorkerStartError } from '@anypool/core';
import {
  type BackendWorker,
  type Call,
  type ControlMessage,
  capabilities,
  createExecutorFrom,
  type Outcome,
  type WorkerEvents,
  type WorkerExit,
  type WorkerInit,
  type WorkerMessage,
} from '@anypool/core/backend';

export type ToWorker = { readonly call: Call } | { readonly control: ControlMessage } | { readonly stop: true };

export type FromWorker = { readonly outcome: Outcome } | { readonly message: WorkerMessage } | { readonly ready: true };

const can = capabilities({
  transfer: true,
  sharedMemory: true,
  terminate: true,
  stream: true,
  recycle: true,
  isolation: true,
});

/** An adapter that has nothing of core's but `serve()`, as one has whose workers are neither threads nor processes. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createExecutorFrom({ name: 'by-hand', kind: 'thread', capabilities: can, startWorker }, options);
}

function startWorker(init: WorkerInit, events: WorkerEvents): BackendWorker {
  const { executor, workerId, cells, initializer, finalizer, env, argv, execArgv } = init;
  const { transfer, sharedMemory } = can;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: {
      worker: { executor, kind: 'thread', workerId, transfer, sharedMemory, cells },
      initializer,
      finalizer,
    },
    ...(env && { env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  worker.unref();
  // A task may throw null.
  let failure: { readonly error: NodeJS.ErrnoException | null | undefined } | undefined;
  worker.on('error', (error) => {
    failure = { error };
  });
  const exited = new Promise<WorkerExit>((resolve) => {
    worker.once('exit', (exitCode) => {
      const isOutOfMemory = failure?.error?.code === 'ERR_WORKER_OUT_OF_MEMORY';
      resolve({ exitCode, ...(isOutOfMemory && { outOfMemory: true }), ...failure });
    });
  });
  const ready = Promise.withResolvers<void>();
  void exited.then(() => ready.reject(failure?.error ?? new WorkerStartError('It exited.')));
  let answer: (outcome: Outcome) => void = () => {};
  worker.on('message', (message: FromWorker | null) => {
    // A task may post to its parent what it likes (W2).
    if (typeof message !== 'object' || message === null) return;
    if ('outcome' in message) answer(message.outcome);
    else if ('message' in message) events.message(message.message);
    else if ('ready' in message) ready.resolve();
  });
  const tell = (message: ToWorker, transferList?: readonly Transferable[]): void => {
    worker.postMessage(message, transferList);
  };
  return {
    ready: ready.promise,
    prefetch: 0,
    execute(call, transferList) {
      return new Promise((resolve) => {
        answer = resolve;
        tell({ call }, transferList);
      });
    },
    send: (control) => tell({ control }),
    stop: () => tell({ stop: true }),
    kill: () => void worker.terminate(),
    exited,
  };
}
