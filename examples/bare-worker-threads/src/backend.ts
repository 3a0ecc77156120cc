import { Worker, type WorkerOptions } from 'node:worker_threads';
import {
  type Backend,
  capabilities,
  startThreadWorker,
  type WorkerInit,
  type WorkerLibrary,
} from '@anypool/core/backend';
import type { Reply } from './worker.js';

/** Threads of `node:worker_threads`, with no library in between. */
export function threadBackend(entry: string): Backend {
  return {
    name: 'bare-threads',
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
    startWorker: (init, events) => startThreadWorker(init, events, bareThread(init, entry)),
  };
}

/** One Worker for each of the executor's workers. */
function bareThread(init: WorkerInit, entry: string): WorkerLibrary<Worker> {
  let raw: Worker | undefined;
  // Core sends one message at a time, so that at most one reply is waited for.
  let waiting: { resolve(reply: unknown): void; reject(error: unknown): void } | undefined;
  const run: WorkerLibrary<Worker>['run'] = (message, transferList) =>
    new Promise((resolve, reject) => {
      // Throws where the message cannot be cloned, which rejects.
      raw?.postMessage(message, transferList);
      waiting = { resolve, reject };
    });
  return {
    start(message, transferList) {
      const worker = new Worker(entry, workerOptions(init));
      raw = worker;
      // What is no reply, a task has posted.
      worker.on('message', (message: Reply | null | undefined) => {
        if (message?.anypool === 'reply') waiting?.resolve(message.value);
        if (message?.anypool === 'error') waiting?.reject(message.value);
      });
      worker.on('messageerror', (error) => waiting?.reject(error));
      return { raw: worker, reply: run(message, transferList) };
    },
    run,
    // Nothing is held but the worker, and that is gone. A reply that never came stays pending: core knows from 'exit'.
    discard() {},
  };
}

function workerOptions({ env, argv, execArgv, resourceLimits }: WorkerInit): WorkerOptions {
  return {
    ...(env && { env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(resourceLimits && { resourceLimits }),
  };
}
