import { setImmediate as turn } from 'node:timers/promises';
import { PoolQueue, type QueuedPool } from '@anypool/core/backend';
import type { PiscinaInstance } from './from-piscina.js';

/** The calls that wait in a Piscina's own queue: piscina 5.3 replaces a thread that died only up to `minThreads` (S4). */
export function piscinaQueue(pool: PiscinaInstance): PoolQueue {
  return PoolQueue.of(pool, queuedPool);
}

function queuedPool(pool: PiscinaInstance): QueuedPool {
  let onDestroy: (() => void) | undefined;
  return {
    get workers() {
      return pool.threads.length;
    },
    get completed() {
      return pool.completed;
    },
    wake: (message, filename) => pool.run(message, { filename, name: 'serveAlone' }),
    watch(look) {
      if (onDestroy !== undefined) return;
      // In a later turn, when the pool is done with this end, and with its own.
      onDestroy = () => void turn().then(look);
      pool.on('workerDestroy', onDestroy);
    },
    unwatch() {
      if (onDestroy !== undefined) pool.off('workerDestroy', onDestroy);
      onDestroy = undefined;
    },
  };
}
