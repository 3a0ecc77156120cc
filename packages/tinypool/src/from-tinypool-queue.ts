import type { ChildProcess } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type AloneMessage, PoolQueue, type QueuedPool } from '@anypool/core/backend';
import type { TinypoolInstance } from './from-tinypool.js';

/** What tinypool has of a worker, as far as it is looked at. */
export interface PoolWorker {
  readonly channel?: object;
  readonly thread?: Worker;
  readonly process?: ChildProcess;
}

/** The calls that wait in a Tinypool's own queue: tinypool 2.2 replaces a worker that died only up to `minThreads` (S4). */
export function tinypoolQueue(pool: TinypoolInstance): PoolQueue {
  return PoolQueue.of(pool, (own) => new QueuedTinypool(own));
}

class QueuedTinypool implements QueuedPool {
  readonly #pool: TinypoolInstance;
  /** What hears of the end of each worker. */
  readonly #watched = new Map<Worker | ChildProcess, () => void>();

  constructor(pool: TinypoolInstance) {
    this.#pool = pool;
  }

  get workers(): number {
    return this.#pool.threads.length;
  }

  get completed(): number {
    return this.#pool.completed;
  }

  wake(message: AloneMessage, filename: string): Promise<unknown> {
    return this.#pool.run(message, { filename, name: 'serveAlone' });
  }

  watch(look: () => void): void {
    for (const worker of this.#pool.threads) {
      const raw = rawOf(worker);
      if (raw === undefined || this.#watched.has(raw)) continue;
      const onExit = (): void => {
        this.#watched.delete(raw);
        const tell = tellerOf(raw);
        // After whoever waits for a task that it had (see `TinypoolRun`).
        void turns(3).then(() => {
          if (this.#pool.threads.includes(worker)) tell(new Error('The worker has exited.'));
          look();
        });
      };
      this.#watched.set(raw, onExit);
      raw.once('exit', onExit);
    }
  }

  unwatch(): void {
    for (const [raw, onExit] of this.#watched) raw.off('exit', onExit);
    this.#watched.clear();
  }
}

/** The thread or process of a worker of the pool's. */
export function rawOf({ thread, process }: PoolWorker): Worker | ChildProcess | undefined {
  return thread ?? process;
}

/**
 * To be asked for at a worker's 'exit': tells the pool of it.
 *
 * tinypool 2.2 does not hear of the 'exit' of a thread: its task would stay pending, and the pool a worker short for good. What it does at an
 * 'error' is right, and it is told of one. Node takes the listeners of a thread away after its 'exit'.
 */
export function tellerOf(raw: Worker | ChildProcess): (error: Error) => void {
  const hear = 'threadId' in raw ? raw.listeners('error') : [];
  return (error) => {
    for (const listener of hear) {
      // It throws where the pool has an 'error' of its own to tell and nobody listens to it, which is no matter of its queue's.
      try {
        listener(error);
      } catch {}
    }
  };
}

/** So many turns of the event loop: for replies that were posted before an end. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await turn();
}
