import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import { type OpenRaw, settled } from '../pool.js';

const file = fileURLToPath(new URL('./workerpool-worker.js', import.meta.url));

/** workerpool by itself. */
export const open: OpenRaw = (way, workerType, workers) => {
  const same = { minWorkers: workers, maxWorkers: workers, forkOpts: { serialization: 'advanced' } } as const;
  const pool = workerpool.pool(file, { workerType, ...(way === 'raw' && same) });
  const cancellable = (name: string, args: unknown[]) => {
    const call = pool.exec(name, args);
    return { ended: settled(call), cancel: () => void call.cancel() };
  };
  return {
    noop: () => pool.exec('noop', []),
    crunch: (iterations) => pool.exec('crunch', [iterations]),
    crunchWhere: (iterations) => pool.exec('crunchWhere', [iterations]),
    hold: (ms) => pool.exec('hold', [ms]),
    echo: (bytes) => pool.exec('echo', [bytes]),
    noopWithin: (ms) => pool.exec('noop', []).timeout(ms),
    cancellableNoop: () => cancellable('noop', []),
    endableHold: (ms) => cancellable('hold', [ms]),
    crash: () => settled(pool.exec('exit', [])),
    ...(workerType === 'thread' && {
      echoMoved: (bytes: Uint8Array<ArrayBuffer>) => pool.exec('echoMoved', [bytes], { transfer: [bytes.buffer] }),
    }),
    close: async () => void (await pool.terminate(true)),
  };
};
