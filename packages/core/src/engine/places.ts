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
 * A place that is granted is kept for the one who waited until that one submits, or a macrotask has passed; only then the next one is
 * granted a place. Nothing tells one submitter from another but the time: the code behind `await ready()` is the next to run, so a
 * submit before it is somebody else's.
 */
export class Places {
  readonly #executor: string;
  /** How many places are free for one who has waited, a granted one among them. */
  readonly #free: () => number;
  readonly #waiters = new Set<Waiter>();
  /** The place that was granted: kept for one whose code has not run since, and open from then on. */
  #granted: 'kept' | 'open' | undefined;
  #sweep: NodeJS.Immediate | undefined;

  constructor(executor: string, free: () => number) {
    this.#executor = executor;
    this.#free = free;
  }

  /** The promise itself is for the one who waits: with another one in between, others' code would come before that one's. */
  ready(owner?: object): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ owner, resolve, reject });
      this.grant();
    });
  }

  /** Whether one of the `free` places is for whoever submits now, and not for those who wait. */
  has(free: number): boolean {
    if (free <= 0) return false;
    if (this.#granted === 'open') return true;
    const ahead = this.#waiters.size + (this.#granted === undefined ? 0 : 1);
    return ahead === 0 || free > Math.min(ahead, this.#free());
  }

  /** Takes the place that there is by `has()`. */
  take(): void {
    if (this.#granted === 'open') this.#granted = undefined;
  }

  /** To be called when places may have become free. */
  grant(): void {
    const [waiter] = this.#waiters;
    if (waiter === undefined || this.#granted !== undefined || this.#free() <= 0) return;
    this.#waiters.delete(waiter);
    this.#granted = 'kept';
    // Right before the waiter's code, which comes next.
    queueMicrotask(() => {
      this.#granted = 'open';
    });
    waiter.resolve();
    this.#sweep ??= setImmediate(() => {
      this.#sweep = undefined;
      this.#granted = undefined;
      this.grant();
    });
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
