import { setImmediate as turn } from 'node:timers/promises';
import { WorkerStartError } from '@anypool/core';
import type { AloneMessage, PoolRunEvents } from '@anypool/core/backend';
import type { PiscinaInstance } from './from-piscina.js';

/**
 * The calls that wait in a Piscina's own queue.
 *
 * piscina 5.3 replaces a thread that died only up to `minThreads`, and looks at its queue when a thread is there: after the last one has
 * died, what waits stays pending until somebody submits a further task (S4).
 */
export class PiscinaQueue {
  static readonly #queues = new WeakMap<PiscinaInstance, PiscinaQueue>();
  readonly #pool: PiscinaInstance;
  /** What of a call hears that it is lost, and the file that its thread was to load. */
  readonly #waiting = new Map<PoolRunEvents, string>();
  /** How many tasks the pool had ended when it was last without a thread. */
  #completed: number | undefined;

  private constructor(pool: PiscinaInstance) {
    this.#pool = pool;
  }

  static of(pool: PiscinaInstance): PiscinaQueue {
    let queue = PiscinaQueue.#queues.get(pool);
    if (queue === undefined) {
      queue = new PiscinaQueue(pool);
      PiscinaQueue.#queues.set(pool, queue);
    }
    return queue;
  }

  add(call: PoolRunEvents, filename: string): void {
    if (this.#waiting.size === 0) this.#pool.on('workerDestroy', this.#onDestroy);
    this.#waiting.set(call, filename);
  }

  delete(call: PoolRunEvents): void {
    if (!this.#waiting.delete(call) || this.#waiting.size > 0) return;
    this.#pool.off('workerDestroy', this.#onDestroy);
    this.#completed = undefined;
  }

  // In a later turn, when the pool is done with this end, and with its own.
  readonly #onDestroy = (): void => {
    void turn().then(() => this.#look());
  };

  #look(): void {
    const [filename] = this.#waiting.values();
    if (filename === undefined || this.#pool.threads.length > 0) return;
    const { completed } = this.#pool;
    if (completed === this.#completed) {
      const message =
        "The pool has no thread left, and the last one ended before it took a task: see the pool's 'error' event.";
      this.#lose(new WorkerStartError(message));
      return;
    }
    this.#completed = completed;
    // A task that does nothing: with it, the pool starts a thread, which takes what waits first.
    const nothing: AloneMessage = { content: { dropped: 0 } };
    this.#pool.run(nothing, { filename, name: 'serveAlone' }).catch((error: unknown) => this.#lose(error));
  }

  #lose(error: unknown): void {
    for (const call of this.#waiting.keys()) call.lost(error);
  }
}
