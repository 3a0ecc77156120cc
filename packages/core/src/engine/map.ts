import type { MapOptions } from '../executor.js';
import type { Future } from '../future.js';
import type { AnyTask } from '../tasks.js';
import { follow, unfollow } from './abort-listeners.js';
import type { JobOptions } from './job.js';
import * as validate from './validate.js';
import type { SubmitTarget } from './view.js';

const mapChecks: Readonly<Record<keyof MapOptions, validate.Check>> = {
  buffer: validate.positiveInteger,
  ordered: validate.boolean,
  signal: validate.signal,
};

/** `Executor.map`: checks the options at the call, and starts at the first `next()`. */
export function mapTasks(
  target: SubmitTarget,
  jobOptions: JobOptions,
  task: AnyTask,
  items: Iterable<unknown> | AsyncIterable<unknown>,
  options: MapOptions,
): AsyncIterableIterator<unknown> {
  validate.checkOptions('map', options, mapChecks);
  if (!validate.isTask(task))
    throw new TypeError(`map: the first argument must be a task, see tasksFrom(); got ${validate.shown(task)}.`);
  const input = inputOf(items);
  const { signal, ordered = true, buffer = 2 * (Number.isFinite(target.maxWorkers) ? target.maxWorkers : 1) } = options;
  const itemOptions = signal === undefined ? jobOptions : { ...jobOptions, signals: [...jobOptions.signals, signal] };
  return new Mapping(input, (item) => target.submitJob(task, [item], itemOptions), buffer, ordered, signal);
}

type Input = () => { iterator: Iterator<unknown> | AsyncIterator<unknown>; isAsync: boolean };

function inputOf(items: Iterable<unknown> | AsyncIterable<unknown>): Input {
  if (items !== null && items !== undefined) {
    if (Symbol.asyncIterator in Object(items)) {
      return () => ({ iterator: (items as AsyncIterable<unknown>)[Symbol.asyncIterator](), isAsync: true });
    }
    if (Symbol.iterator in Object(items))
      return () => ({ iterator: (items as Iterable<unknown>)[Symbol.iterator](), isAsync: false });
  }
  throw new TypeError(`map: items must be iterable or async iterable, got ${validate.shown(items)}.`);
}

interface Waiting {
  resolve(result: IteratorResult<unknown, undefined>): void;
  reject(reason: unknown): void;
}

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * One iteration. It reads the input as far ahead as `buffer` allows, and waits for items and results alike: an input that is slow, or
 * that itself waits for the results of earlier items, holds up no result that is there.
 *
 * No async generator: one that waits could not be left before what it waits for has come (M4).
 */
class Mapping implements AsyncIterableIterator<unknown> {
  readonly #open: Input;
  readonly #submit: (item: unknown) => Future<unknown>;
  readonly #buffer: number;
  readonly #ordered: boolean;
  /** Submitted and not yet given out, in the order of the input. */
  readonly #outstanding = new Set<Future<unknown>>();
  /** Those of them that have settled, in that order. */
  readonly #settled = new Set<Future<unknown>>();
  readonly #waiting: Waiting[] = [];
  #input: ReturnType<Input> | undefined;
  #pulling = false;
  #inputEnded = false;
  #inputFailure: { readonly error: unknown } | undefined;
  /** Whether the iteration is over: the end, a failure, or the caller has left. */
  #over = false;
  readonly #signal: AbortSignal | undefined;

  constructor(
    open: Input,
    submit: (item: unknown) => Future<unknown>,
    buffer: number,
    ordered: boolean,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.#open = open;
    this.#submit = submit;
    this.#buffer = buffer;
    this.#ordered = ordered;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      const signal = this.#signal;
      if (signal !== undefined && !this.#over) {
        // Tasks under way hear of it by themselves, and their failures come at their places.
        if (signal.aborted && this.#outstanding.size === 0) {
          this.#fail(signal.reason, { resolve, reject });
          return;
        }
        follow(signal, this);
      }
      this.#waiting.push({ resolve, reject });
      this.#advance();
    });
  }

  /** The signal was aborted: whoever waits for nothing but the input is told here. */
  cancel(reason: unknown): void {
    const waiting = this.#outstanding.size === 0 ? this.#waiting.shift() : undefined;
    if (waiting !== undefined) this.#fail(reason, waiting);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#leave();
    return done;
  }

  async throw(reason: unknown): Promise<never> {
    await this.#leave();
    throw reason;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives out what is there for those who wait. Reads on only while somebody does: nobody who has stopped asking gets more started. */
  #advance(): void {
    while (this.#waiting.length > 0) {
      this.#fill();
      const next = this.#takeSettled();
      if (next === undefined && !this.#over && !(this.#inputEnded && this.#outstanding.size === 0)) return;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      if (next !== undefined) this.#give(next, waiting);
      else this.#finish(waiting);
    }
  }

  #give(future: Future<unknown>, waiting: Waiting): void {
    future.then(
      (value) => waiting.resolve({ done: false, value }),
      (reason: unknown) => this.#fail(reason, waiting),
    );
    // Nothing after a failure is given out, and its place is here, not where its reaction runs.
    if (future.state !== 'fulfilled') this.#over = true;
  }

  // A failing input is one more result: thrown at its place, after those of the items before it.
  #finish(waiting: Waiting): void {
    const failure = this.#over ? undefined : this.#inputFailure;
    this.#over = true;
    if (this.#signal !== undefined) unfollow(this.#signal, this);
    if (failure === undefined) waiting.resolve(done);
    else waiting.reject(failure.error);
  }

  #fail(reason: unknown, waiting: Waiting): void {
    // Why the iteration failed matters more than that its input then failed to close.
    const rejected = (): void => waiting.reject(reason);
    this.#leave().then(rejected, rejected);
  }

  #fill(): void {
    while (!this.#over && !this.#inputEnded && !this.#pulling && this.#outstanding.size < this.#buffer) {
      try {
        this.#input ??= this.#open();
        const step = this.#input.iterator.next();
        if (this.#input.isAsync) this.#pull(Promise.resolve(step));
        else this.#take(step as IteratorResult<unknown>);
      } catch (error) {
        this.#inputFailed(error);
      }
    }
  }

  #pull(step: Promise<IteratorResult<unknown>>): void {
    this.#pulling = true;
    const pulled = (take: () => void): void => {
      this.#pulling = false;
      try {
        take();
      } catch (error) {
        this.#inputFailed(error);
      }
      this.#advance();
    };
    step.then(
      (result) => pulled(() => this.#take(result)),
      (error: unknown) => pulled(() => this.#inputFailed(error)),
    );
  }

  #take(step: IteratorResult<unknown>): void {
    if (step.done) this.#inputEnded = true;
    if (step.done || this.#over) return;
    const future = this.#submit(step.value);
    this.#outstanding.add(future);
    const settled = (): void => {
      if (!this.#outstanding.has(future)) return;
      this.#settled.add(future);
      this.#advance();
    };
    future.then(settled, settled);
  }

  #inputFailed(error: unknown): void {
    this.#inputEnded = true;
    this.#inputFailure ??= { error };
  }

  #takeSettled(): Future<unknown> | undefined {
    const [first] = this.#ordered ? this.#outstanding : this.#settled;
    if (first === undefined || this.#over || !this.#settled.has(first)) return undefined;
    this.#settled.delete(first);
    this.#outstanding.delete(first);
    return first;
  }

  async #leave(): Promise<void> {
    this.#over = true;
    if (this.#signal !== undefined) unfollow(this.#signal, this);
    for (const future of this.#outstanding) if (future.state === 'queued') future.cancel();
    this.#outstanding.clear();
    this.#settled.clear();
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(done);
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    const closing = this.#input?.iterator.return?.();
    // An async input that is asked to end in the middle of a step ends after that step, which may never come.
    if (this.#pulling) void Promise.resolve(closing).catch(() => {});
    else await closing;
  }
}
