import { types } from 'node:util';
import { type Deadline, deadlines } from './engine/deadlines.js';
import * as validate from './engine/validate.js';
import { TaskTimeoutError } from './errors.js';
import type { Future } from './future.js';
import { listen, unlisten } from './settlement.js';

// biome-ignore lint/suspicious/noExplicitAny: futures of any results, in one set.
type AnyFuture = Future<any>;

/** When {@link wait} returns. A cancelled Future is complete, but no exception. */
export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';

/** Options of {@link wait}. */
export interface WaitOptions {
  /** Default `'ALL_COMPLETED'`. */
  readonly returnWhen?: ReturnWhen | undefined;
  /** ms after which it returns in any case; nothing is cancelled. Default Infinity. */
  readonly timeout?: number | undefined;
}

const returnWhenCheck: validate.Check = {
  allowed: "'FIRST_COMPLETED', 'FIRST_EXCEPTION' or 'ALL_COMPLETED'",
  type: 'string',
  accepts: (value: string) => value === 'FIRST_COMPLETED' || value === 'FIRST_EXCEPTION' || value === 'ALL_COMPLETED',
};

/**
 * Waits for Futures and tells which are done, as Python's `concurrent.futures.wait` does. The Futures' failures stay theirs: it never
 * rejects because of one. Duplicates count once. Rejects with TypeError or RangeError for bad options.
 */
export async function wait<F extends AnyFuture>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): Promise<{ done: Set<F>; notDone: Set<F> }> {
  validate.checkOptions('wait', options, { returnWhen: returnWhenCheck, timeout: validate.duration });
  const { returnWhen = 'ALL_COMPLETED', timeout = Number.POSITIVE_INFINITY } = options;
  const all = futuresIn('wait', futures);
  const enough = (): boolean => {
    const done = [...all].filter(isDone);
    if (done.length === all.size) return true;
    if (returnWhen === 'FIRST_COMPLETED') return done.length > 0;
    return returnWhen === 'FIRST_EXCEPTION' && done.some((future) => future.state === 'rejected');
  };
  // With nothing to wait for, nothing is left behind at the Futures either: whoever polls does so often.
  if (!enough() && timeout > 0) await someOf(all, enough, returnWhen, timeout);
  const done = new Set([...all].filter(isDone));
  return { done, notDone: new Set([...all].filter((future) => !done.has(future))) };
}

function someOf(
  all: ReadonlySet<AnyFuture>,
  enough: () => boolean,
  returnWhen: ReturnWhen,
  timeout: number,
): Promise<void> {
  return new Promise((resolve) => {
    // Once: to look at a Future is to see what its worker has done since, and the next look may find fewer of them.
    const pending = new Map<AnyFuture, () => void>();
    for (const future of all) {
      if (isDone(future)) continue;
      pending.set(future, () => settled(returnWhen === 'FIRST_EXCEPTION' && future.state === 'rejected'));
    }
    let left = pending.size;
    let isOver = false;
    const settled = (failed: boolean): void => {
      left -= 1;
      // Looking through all of them for each that settles would be quadratic.
      if (isOver || (left > 0 && !(returnWhen === 'FIRST_COMPLETED' || failed))) return;
      if (enough()) finish();
    };
    const finish = (): void => {
      isOver = true;
      deadlines.remove(deadline);
      for (const [future, listener] of pending) unlisten(future, listener);
      resolve();
    };
    const deadline = deadlines.add(timeout, finish);
    for (const [future, listener] of pending) listen(future, listener);
    if (enough()) finish();
  });
}

function futuresIn<F extends AnyFuture>(where: string, futures: Iterable<F>): Set<F> {
  // A Set of nothing would be an empty one.
  if (futures === null || futures === undefined)
    throw new TypeError(`${where}: the futures must be an iterable of Futures, got ${validate.shown(futures)}.`);
  const all = new Set(futures);
  for (const future of all) {
    if (isFuture(future)) continue;
    throw new TypeError(`${where}: the futures must be Futures of an executor, got ${validate.shown(future)}.`);
  }
  return all;
}

// Others' promises have a `state` of their own, which says nothing of ours.
function isFuture(value: object): boolean {
  if (!types.isPromise(value) || !('state' in value && 'id' in value)) return false;
  return ['cancel', 'onProgress'].every((method) => typeof Reflect.get(value, method) === 'function');
}

function isDone(future: AnyFuture): boolean {
  return future.state !== 'queued' && future.state !== 'running';
}

/** Gives Futures, not their results: `for await` over an `AsyncIterable<Future<T>>` would be typed as giving `T`. */
export interface FutureIterator<F> {
  next(): Promise<FutureIteratorResult<F>>;
  return(): Promise<FutureIteratorResult<F>>;
  [Symbol.asyncIterator](): this;
}

/** A step of a {@link FutureIterator}. */
export type FutureIteratorResult<F> =
  | { readonly done: false; readonly value: F }
  | { readonly done: true; readonly value: undefined };

/**
 * Gives the Futures as they settle, whether fulfilled, rejected or cancelled; await each for its result. Duplicates count once.
 *
 * Past `timeout` ms from the call it throws `TaskTimeoutError` and cancels nothing. Throws TypeError or RangeError for bad options.
 *
 * @example
 * ```ts
 * for await (const future of asCompleted(futures)) console.log(future.id, await future);
 * ```
 */
export function asCompleted<F extends AnyFuture>(
  futures: Iterable<F>,
  options: { readonly timeout?: number | undefined } = {},
): FutureIterator<F> {
  validate.checkOptions('asCompleted', options, { timeout: validate.duration });
  return new CompletionIterator(futuresIn('asCompleted', futures), options.timeout ?? Number.POSITIVE_INFINITY);
}

// Not an async generator: one would await each Future that it yields, and throw its failure out of the loop.
class CompletionIterator<F extends AnyFuture> implements FutureIterator<F> {
  /** Settled and not yet given, in the order of settling. */
  readonly #ready = new Set<F>();
  readonly #waiting: { resolve(result: FutureIteratorResult<F>): void; reject(reason: unknown): void }[] = [];
  readonly #deadline: Deadline | undefined;
  readonly #listeners = new Map<F, () => void>();
  #left: number;
  #timeout: TaskTimeoutError | undefined;

  constructor(futures: ReadonlySet<F>, timeout: number) {
    this.#left = futures.size;
    for (const future of futures) {
      const settled = (): void => {
        this.#ready.add(future);
        this.#serve();
      };
      this.#listeners.set(future, settled);
      listen(future, settled);
    }
    this.#deadline = deadlines.add(timeout, () => {
      const pending = [...futures].filter((future) => !isDone(future));
      // To look at a Future may settle it: those that are done are given, be it a moment later.
      if (pending.length === 0) return;
      this.#timeout = new TaskTimeoutError(
        `${pending.length} of ${futures.size} tasks had not completed after ${timeout} ms (asCompleted).`,
        { phase: pending.every((future) => future.state === 'queued') ? 'queue' : 'run', timeout },
      );
      this.#serve();
    });
  }

  next(): Promise<FutureIteratorResult<F>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<FutureIteratorResult<F>> {
    this.#left = 0;
    this.#ready.clear();
    this.#serve();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const [future] = this.#ready;
      if (future === undefined && this.#left > 0 && this.#timeout === undefined) return;
      const waiting = this.#waiting.shift();
      if (future !== undefined && this.#left > 0) {
        this.#ready.delete(future);
        this.#left -= 1;
        waiting?.resolve({ done: false, value: future });
      } else if (this.#left > 0) {
        this.#left = 0;
        waiting?.reject(this.#timeout);
      } else waiting?.resolve({ done: true, value: undefined });
    }
    if (this.#left === 0) this.#end();
  }

  #end(): void {
    deadlines.remove(this.#deadline);
    for (const [future, listener] of this.#listeners) unlisten(future, listener);
    this.#listeners.clear();
  }
}
