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
  return {
    start(message, transferList) {
      const raw = new Worker(entry, workerOptions(init));
      // What is no reply, a task has posted.
      const reply = new Promise((resolve) => {
        raw.on('message', (message: Reply | null | undefined) => {
          if (message?.anypool === 'reply') resolve(message.value);
        });
      });
      raw.postMessage(message, transferList);
      return { raw, reply };
    },
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
