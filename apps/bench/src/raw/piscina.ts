import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type OpenRaw, settled } from '../pool.js';

const filename = fileURLToPath(new URL('../tasks.js', import.meta.url));
const movedFile = fileURLToPath(new URL('./piscina-moved.js', import.meta.url));

/** piscina by itself. */
export const open: OpenRaw = (way, _kind, workers) => {
  const same = { minThreads: workers, maxThreads: workers, atomics: 'disabled', recordTiming: false } as const;
  const pool = new Piscina({ filename, ...(way === 'raw' && same) });
  const cancellable = (name: string, task?: number) => {
    const abort = new AbortController();
    const ended = settled(pool.run(task, { name, signal: abort.signal }));
    return { ended, cancel: () => abort.abort() };
  };
  return {
    noop: () => pool.run(undefined, { name: 'noop' }),
    crunch: (iterations) => pool.run(iterations, { name: 'crunch' }),
    crunchWhere: (iterations) => pool.run(iterations, { name: 'crunchWhere' }),
    hold: (ms) => pool.run(ms, { name: 'hold' }),
    echo: (bytes) => pool.run(bytes, { name: 'echo' }),
    echoMoved: (bytes) => pool.run(bytes, { filename: movedFile, name: 'echoMoved', transferList: [bytes.buffer] }),
    noopWithin: (ms) => pool.run(undefined, { name: 'noop', signal: AbortSignal.timeout(ms) }),
    cancellableNoop: () => cancellable('noop'),
    endableHold: (ms) => cancellable('hold', ms),
    crash: () => settled(pool.run(undefined, { name: 'exit' })),
    close: () => pool.destroy(),
  };
};
