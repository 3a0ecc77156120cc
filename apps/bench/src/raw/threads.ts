import { Pool, spawn, Worker } from 'threads';
import type { OpenRaw } from '../pool.js';

/** threads.js by itself, by its `Pool`, which has no settings but the number of workers. */
export const open: OpenRaw = (way, _kind, workers) => {
  const pool = Pool(() => spawn(new Worker('./threads-worker.js')), way === 'raw' ? { size: workers } : {});
  return {
    noop: () => pool.queue((worker) => worker.noop()),
    spin: (ms) => pool.queue((worker) => worker.spin(ms)),
    close: () => pool.terminate(true),
  };
};
