import { fileURLToPath } from 'node:url';
import type { Executor, ExecutorOptions } from '@anypool/core';
import { Tinypool } from 'tinypool';
import { type Baseline, createBaseline, workerSettings } from './baseline.js';

const filename = fileURLToPath(new URL('./tinypool-worker.js', import.meta.url));

const tinypool: Baseline = {
  name: 'tinypool',
  kinds: ['thread', 'process'],
  offers: ['minWorkers', 'idleTimeout', 'maxQueue', 'env', 'argv', 'execArgv', 'resourceLimits'],
  terminate: true,
  open({ kind, maxWorkers, minWorkers = maxWorkers, idleTimeout = 10_000, maxQueue, ...options }) {
    const { env = process.env, ...settings } = workerSettings(options);
    const pool = new Tinypool({
      filename,
      runtime: kind === 'process' ? 'child_process' : 'worker_threads',
      minThreads: minWorkers, // below it, the worker of a cancelled task is not replaced for those that wait
      maxThreads: maxWorkers,
      idleTimeout,
      ...(maxQueue !== undefined && { maxQueue }),
      ...settings,
      env: { ...env } as Record<string, string>, // a process gets none by default; a variable that is there is a string
      serialization: 'advanced',
      useAtomics: false, // with it, an idle worker's event loop stands still
    });
    pool.on('error', () => {}); // an error in an idle worker would end this process
    return {
      run: (call, { signal, transferList }) => pool.run(call, { signal, transferList }),
      async shutdown(settled, cancelPending) {
        if (cancelPending) pool.cancelPendingTasks();
        await settled();
        await pool.destroy();
      },
      terminate: () => pool.destroy(),
    };
  },
};

/** tinypool as an executor. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createBaseline(tinypool, options);
}
