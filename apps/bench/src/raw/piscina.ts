import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { OpenRaw } from '../pool.js';

const filename = fileURLToPath(new URL('../tasks.js', import.meta.url));

/** piscina by itself. */
export const open: OpenRaw = (way, _kind, workers) => {
  const same = { minThreads: workers, maxThreads: workers, atomics: 'disabled', recordTiming: false } as const;
  const pool = new Piscina({ filename, ...(way === 'raw' && same) });
  return {
    noop: () => pool.run(undefined, { name: 'noop' }),
    spin: (ms) => pool.run(ms, { name: 'spin' }),
    close: () => pool.destroy(),
  };
};
