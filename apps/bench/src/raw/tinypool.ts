import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { type OpenRaw, settled } from '../pool.js';

const filename = fileURLToPath(new URL('../tasks.js', import.meta.url));
const movedFile = fileURLToPath(new URL('./tinypool-moved.js', import.meta.url));

/** tinypool by itself. */
export const open: OpenRaw = (way, kind, workers) => {
  const runtime = kind === 'thread' ? 'worker_threads' : 'child_process';
  const same = { minThreads: workers, maxThreads: workers, useAtomics: false, serialization: 'advanced' } as const;
  const pool = new Tinypool({ filename, runtime, ...(way === 'raw' && same) });
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
    noopWithin: (ms) => pool.run(undefined, { name: 'noop', signal: AbortSignal.timeout(ms) }),
    cancellableNoop: () => cancellable('noop'),
    endableHold: (ms) => cancellable('hold', ms),
    ...(kind === 'thread'
      ? {
          echoMoved: (bytes) =>
            pool.run(bytes, { filename: movedFile, name: 'echoMoved', transferList: [bytes.buffer] }),
        }
      : // A thread that exits leaves its task pending for ever.
        { crash: () => settled(pool.run(undefined, { name: 'exit' })) }),
    close: () => pool.destroy(),
  };
};
