import { clearTimeout, now, setTimeout } from '../timers.js';
import { type HeapItem, IndexedHeap } from './indexed-heap.js';

/** Something to do at a moment, unless it is taken back before. */
export interface Deadline extends HeapItem {
  readonly at: number;
  readonly action: () => void;
}

// setTimeout takes no longer delay than this: it would fire at once.
const longestDelay = 2 ** 31 - 1;

/**
 * Every time limit of every executor, over one timer: a limit that never fires costs two heap operations and no timer of its own.
 *
 * The timer never keeps the process alive. What must, a task or a shutdown, does so by itself (see KeepAlive).
 */
class Deadlines {
  readonly #heap = new IndexedHeap<Deadline>((a, b) => a.at < b.at);
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  /** Calls `action` in `delay` ms. With an infinite delay there is nothing to call. */
  add(delay: number, action: () => void): Deadline | undefined {
    if (delay === Number.POSITIVE_INFINITY) return undefined;
    const deadline: Deadline = { at: now() + delay, action, heapIndex: -1 };
    this.#heap.push(deadline);
    if (deadline.at < this.#timerAt) this.#arm(deadline.at);
    return deadline;
  }

  remove(deadline: Deadline | undefined): void {
    if (deadline === undefined) return;
    this.#heap.remove(deadline);
    // The timer may fire early for the next one, which is cheaper than arming it anew at each removal; the last one takes it along.
    if (this.#heap.first === undefined) this.#disarm();
  }

  #arm(at: number): void {
    this.#disarm();
    this.#timerAt = at;
    const delay = Math.min(longestDelay, Math.max(0, Math.ceil(at - now())));
    this.#timer = setTimeout(() => this.#fire(), delay);
    this.#timer.unref();
  }

  #disarm(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.#disarm();
    const time = now();
    for (let first = this.#heap.first; first !== undefined; first = this.#heap.first) {
      if (first.at > time) {
        this.#arm(first.at);
        return;
      }
      this.#heap.remove(first);
      first.action();
    }
  }
}

export const deadlines: Deadlines = new Deadlines();
