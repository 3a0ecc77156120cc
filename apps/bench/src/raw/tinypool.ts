import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { OpenRaw } from '../pool.js';

const filename = fileURLToPath(new URL('../tasks.js', import.meta.url));

/** tinypool by itself. */
export const open: OpenRaw = (way, kind, workers) => {
  const runtime = kind === 'thread' ? 'worker_threads' : 'child_process';
  const same = { minThreads: workers, maxThreads: workers, useAtomics: false, serialization: 'advanced' } as const;
  const pool = new Tinypool({ filename, runtime, ...(way === 'raw' && same) });
  return {
    noop: () => pool.run(undefined, { name: 'noop' }),
    spin: (ms) => pool.run(ms, { name: 'spin' }),
    close: () => pool.destroy(),
  };
};
