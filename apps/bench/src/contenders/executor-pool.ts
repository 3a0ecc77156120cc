import { type Executor, move, tasksFrom } from '@anypool/core';
import { type Pool, settled } from '../pool.js';

const tasks = tasksFrom<typeof import('../tasks.js')>(new URL('../tasks.js', import.meta.url));
const moving = tasksFrom<typeof import('./executor-tasks.js')>(new URL('./executor-tasks.js', import.meta.url));

/** An executor as what is measured. */
export function executorPool(executor: Executor): Pool {
  const { noop, crunch, crunchWhere, hold, echo, exit } = tasks;
  const ending = executor.with({ cancelGrace: 0 });
  // One view for all its tasks, as one would have it; the time limit is armed for each.
  const limited = new Map<number, ReturnType<Executor['with']>>();
  function within(ms: number): ReturnType<Executor['with']> {
    const view = limited.get(ms) ?? executor.with({ timeout: ms });
    limited.set(ms, view);
    return view;
  }
  return {
    noop: () => executor.submit(noop),
    crunch: (iterations) => executor.submit(crunch, iterations),
    crunchWhere: (iterations) => executor.submit(crunchWhere, iterations),
    hold: (ms) => executor.submit(hold, ms),
    echo: (bytes) => executor.submit(echo, bytes),
    map: (items, chunkSize) => executor.map(crunch, items, { chunkSize }),
    noopWithin: (ms) => within(ms).submit(noop),
    cancellableNoop() {
      const future = executor.submit(noop);
      return { ended: settled(future), cancel: () => void future.cancel() };
    },
    ...(executor.capabilities.terminate && {
      endableHold(ms: number) {
        const future = ending.submit(hold, ms);
        return { ended: settled(future), cancel: () => void future.cancel() };
      },
    }),
    ...(executor.capabilities.transfer && {
      echoMoved: (bytes: Uint8Array) => executor.submit(moving.echoMoved, move(bytes)),
    }),
    crash: () => settled(executor.submit(exit)),
    close: () => executor.shutdown(),
  };
}
