import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import type { OpenRaw } from '../pool.js';

const file = fileURLToPath(new URL('./workerpool-worker.js', import.meta.url));

/** workerpool by itself. */
export const open: OpenRaw = (way, workerType, workers) => {
  const same = { minWorkers: workers, maxWorkers: workers, forkOpts: { serialization: 'advanced' } } as const;
  const pool = workerpool.pool(file, { workerType, ...(way === 'raw' && same) });
  return {
    noop: () => pool.exec('noop', []),
    spin: (ms) => pool.exec('spin', [ms]),
    close: async () => void (await pool.terminate(true)),
  };
};
