import { WorkerStartError } from '../errors.js';
import type { AloneMessage } from './alone.js';
import type { PoolRunEvents } from './pooled-call.js';

/** A library's pool, as far as it takes to know that nobody is left who would take what waits in its own queue. */
export interface QueuedPool {
  /** How many workers it has. */
  readonly workers: number;
  /** How many tasks it has ended. */
  readonly completed: number;
  /** Gives it a task that does nothing, and that a worker is started for, by the worker entry of those that wait. */
  wake(message: AloneMessage, entry: string): Promise<unknown>;
  /** Has `look` called after the end of each worker that there is now, when the pool is done with it. Called again and again, with the same. */
  watch(look: () => void): void;
  /** Nobody waits any more. */
  unwatch(): void;
}

/**
 * The calls that wait in the own queue of a pool that looks at it only when a worker is there, and replaces workers that died only up to a
 * number of its own: after the last one has died, what waits would stay pending until somebody submits a further task (S4).
 */
export class PoolQueue {
  static readonly #queues = new WeakMap<object, PoolQueue>();
  readonly #pool: QueuedPool;
  /** What of a call hears that it is lost, and the entry that its worker was to load. */
  readonly #waiting = new Map<PoolRunEvents, string>();
  /** How many tasks the pool had ended when it was last without a worker. */
  #completed: number | undefined;

  private constructor(pool: QueuedPool) {
    this.#pool = pool;
  }

  /** The one of a library's pool, whichever of its executors asks; `look` gives what is seen of a pool that has none yet. */
  static of<Pool extends object>(pool: Pool, look: (pool: Pool) => QueuedPool): PoolQueue {
    let queue = PoolQueue.#queues.get(pool);
    if (queue === undefined) {
      queue = new PoolQueue(look(pool));
      PoolQueue.#queues.set(pool, queue);
    }
    return queue;
  }

  add(call: PoolRunEvents, entry: string): void {
    this.#waiting.set(call, entry);
    this.#pool.watch(this.#look);
  }

  delete(call: PoolRunEvents): void {
    if (!this.#waiting.delete(call) || this.#waiting.size > 0) return;
    this.#pool.unwatch();
    this.#completed = undefined;
  }

  readonly #look = (): void => {
    this.#revive();
    if (this.#waiting.size > 0) this.#pool.watch(this.#look);
  };

  #revive(): void {
    const [entry] = this.#waiting.values();
    if (entry === undefined || this.#pool.workers > 0) return;
    const { completed } = this.#pool;
    if (completed === this.#completed) {
      const message =
        "The pool has no worker left, and the last one ended before it took a task: see the pool's 'error' event.";
      this.#lose(new WorkerStartError(message));
      return;
    }
    this.#completed = completed;
    // The worker that is started for it takes what waits first.
    this.#pool.wake({ content: { dropped: 0 } }, entry).catch((error: unknown) => this.#lose(error));
  }

  #lose(error: unknown): void {
    for (const call of this.#waiting.keys()) call.lost(error);
  }
}
