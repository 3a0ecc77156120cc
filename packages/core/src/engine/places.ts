import { ExecutorShutdownError } from '../errors.js';
import { queueMicrotask, setImmediate } from '../timers.js';

interface Waiter {
  /** On whose behalf, where that may end before the executor does. */
  readonly owner: object | undefined;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Those who wait for a place in a bounded queue, first come, first served.
 *
 * A place that is granted is kept for the one who waited until that one submits, or a macrotask has passed. Nothing tells one
 * submitter from another but the time: the code behind `await ready()` is the next to run, so a submit before it is somebody else's.
 */
export class Places {
  readonly #executor: string;
  /** How many of the queue's places are free, granted ones among them. */
  readonly #free: () => number;
  readonly #waiters = new Set<Waiter>();
  /** Granted to those whose code has not run since. */
  #kept = 0;
  /** Granted to those whose code has run, or is running. */
  #open = 0;
  #sweep: NodeJS.Immediate | undefined;

  constructor(executor: string, free: () => number) {
    this.#executor = executor;
    this.#free = free;
  }

  ready(owner?: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ owner, resolve, reject });
      this.grant();
    });
  }

  /** Takes a place for a job, of which there are `free` for it; returns false if there is none. One that was granted is there for any job. */
  take(free: number): boolean {
    if (this.#open > 0) {
      this.#open -= 1;
      return true;
    }
    return free > this.#kept;
  }

  /** To be called when places may have become free. */
  grant(): void {
    for (const waiter of this.#waiters) {
      if (this.#free() <= this.#kept + this.#open) return;
      this.#waiters.delete(waiter);
      this.#kept += 1;
      queueMicrotask(() => {
        this.#kept -= 1;
        this.#open += 1;
      });
      waiter.resolve();
      this.#sweep ??= setImmediate(() => {
        this.#sweep = undefined;
        this.#open = 0;
        this.grant();
      });
    }
  }

  /** Whoever waits waits for nothing any more. */
  close(): void {
    for (const waiter of this.#waiters) waiter.reject(this.refusal());
    this.#waiters.clear();
  }

  /** Who waits on the owner's behalf waits for nothing any more. */
  turnAway(owner: object, reason: unknown): void {
    for (const waiter of this.#waiters) {
      if (waiter.owner !== owner) continue;
      this.#waiters.delete(waiter);
      waiter.reject(reason);
    }
  }

  refusal(): ExecutorShutdownError {
    return new ExecutorShutdownError(`'${this.#executor}' is shut down and takes no more tasks.`);
  }
}
