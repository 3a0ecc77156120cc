import { fileURLToPath } from 'node:url';
import type { Executor, ExecutorOptions } from '@anypool/core';
import { Piscina } from 'piscina';
import { type Baseline, createBaseline, workerSettings } from './baseline.js';

const filename = fileURLToPath(new URL('./piscina-worker.js', import.meta.url));

const piscina: Baseline = {
  name: 'piscina',
  kinds: ['thread'],
  offers: ['minWorkers', 'idleTimeout', 'maxQueue', 'env', 'argv', 'execArgv', 'resourceLimits'],
  terminate: true,
  open({ maxWorkers, minWorkers = maxWorkers, idleTimeout = 10_000, maxQueue, ...options }) {
    const pool = new Piscina({
      filename,
      minThreads: minWorkers, // below it, the worker of a cancelled task is not replaced for those that wait
      maxThreads: maxWorkers,
      idleTimeout,
      ...(maxQueue !== undefined && { maxQueue }),
      ...workerSettings(options),
      stricterFIFO: true, // tasks begin in the order of their submission
      atomics: 'disabled', // with them, an idle worker's event loop stands still
    });
    pool.on('error', () => {}); // an error in an idle worker would end this process
    return {
      run: (call, { signal, transferList }) => pool.run(call, { signal, transferList }),
      shutdown: (_settled, cancelPending) => pool.close({ force: cancelPending }),
      terminate: () => pool.destroy(),
    };
  },
};

/** piscina as an executor. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createBaseline(piscina, options);
}
