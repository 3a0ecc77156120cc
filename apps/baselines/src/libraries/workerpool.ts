import { fileURLToPath } from 'node:url';
import type { Executor, ExecutorOptions } from '@anypool/core';
import { pool as openPool } from 'workerpool';
import { type Baseline, createBaseline, workerSettings } from './baseline.js';

const script = fileURLToPath(new URL('./workerpool-worker.js', import.meta.url));

const workerpool: Baseline = {
  name: 'workerpool',
  kinds: ['thread', 'process'],
  offers: ['minWorkers', 'maxQueue', 'cancelGrace', 'runTimeout', 'env', 'argv', 'execArgv', 'resourceLimits'],
  terminate: true,
  open({ kind, minWorkers, maxWorkers, maxQueue, cancelGrace, ...options }) {
    const { argv = [], ...settings } = workerSettings(options);
    const pool = openPool(script, {
      workerType: kind,
      maxWorkers,
      ...(minWorkers !== undefined && { minWorkers }),
      ...(maxQueue !== undefined && { maxQueueSize: maxQueue }),
      ...(cancelGrace !== undefined && { workerTerminateTimeout: cancelGrace }),
      ...(kind === 'thread'
        ? { workerThreadOpts: { argv, ...settings } }
        : { forkArgs: argv, forkOpts: { ...settings, serialization: 'advanced' } }),
    });
    return {
      async run(call, { signal, transferList, runTimeout }) {
        const result = pool.exec('run', [call], { transfer: transferList });
        // Not returned: an event target would throw what the promise that cancel() gives rejects with.
        signal.addEventListener('abort', () => void result.cancel());
        return await (runTimeout === undefined ? result : result.timeout(runTimeout));
      },
      async shutdown(settled, cancelPending) {
        if (!cancelPending) await settled(); // terminate() waits for the tasks that run, and rejects those that are queued
        await pool.terminate();
      },
      async terminate() {
        await pool.terminate(true);
      },
    };
  },
};

/** workerpool as an executor. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createBaseline(workerpool, options);
}
