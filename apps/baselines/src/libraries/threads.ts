import type { Executor, ExecutorOptions } from '@anypool/core';
import { Pool, spawn, Transfer, Worker } from 'threads';
import { type Baseline, createBaseline, workerSettings } from './baseline.js';

const threads: Baseline = {
  name: 'threads',
  kinds: ['thread'],
  offers: ['minWorkers', 'maxQueue', 'env', 'argv', 'execArgv', 'resourceLimits'],
  terminate: false,
  open({ maxWorkers, maxQueue, ...options }) {
    const settings = workerSettings(options);
    const pool = Pool(() => spawn(new Worker('./threads-worker.js', settings)), {
      size: maxWorkers,
      ...(maxQueue !== undefined && { maxQueuedJobs: maxQueue }),
    });
    return {
      run(call, { signal, transferList }) {
        const result = pool.queue((thread) =>
          thread.run(transferList.length > 0 ? Transfer(call, transferList) : call),
        );
        signal.addEventListener('abort', () => result.cancel());
        return result;
      },
      async shutdown(settled, cancelPending) {
        if (!cancelPending) await settled(); // terminate() begins no more tasks
        await pool.terminate();
      },
      terminate: () => pool.terminate(true),
    };
  },
};

/** threads.js as an executor. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createBaseline(threads, options);
}
