import { CancelledError, ExecutorShutdownError, UnsupportedOptionError } from '../errors.js';
import type { TaskStream } from '../executor.js';
import type { Future } from '../future.js';
import type { AnyTask } from '../tasks.js';
import type { JobOptions } from './job.js';
import { KeepAlive } from './keep-alive.js';
import * as validate from './validate.js';
import type { SubmitTarget } from './view.js';

/** Who gets the items of a stream's call. */
export interface ItemReceiver {
  /** The call was handed to a worker; `grant` asks that worker for so many items more. */
  opened(grant: (items: number) => void): void;
  item(value: unknown): void;
  /** The call is with its worker no longer. */
  left(): void;
}

/** `Executor.stream`: whatever is wrong with the call is told by the first `next()` (S1). */
export function streamTask(
  target: SubmitTarget,
  options: JobOptions,
  task: AnyTask,
  args: readonly unknown[],
): TaskStream<unknown> {
  return new ItemStream(options.highWaterMark, (items) => {
    if (!validate.isTask(task))
      throw new TypeError(`stream: the first argument must be a task, see tasksFrom(); got ${validate.shown(task)}.`);
    const { name, kind, capabilities } = target.backend;
    if (!capabilities.stream)
      throw new UnsupportedOptionError(
        `stream() is not supported by ${name}:${kind} (capabilities.stream is false); submit a task that returns all items at once, or choose another adapter.`,
        { option: 'stream' },
      );
    return target.submitJob(task, args, { ...options, items });
  });
}

/** A call of `next()` that has not been answered. */
class Waiting {
  resolve!: (result: IteratorResult<unknown, undefined>) => void;
  reject!: (reason: unknown) => void;
  readonly promise: Promise<IteratorResult<unknown, undefined>> = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

const done: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * One iteration over a task's items. Its call is submitted at the first `next()`, so that a stream that nobody reads holds no worker.
 *
 * An error of the task or the death of its worker comes after the items before it (P3). What the caller brings about, or a time limit,
 * is told at once, and items that were not read are dropped, as a Future drops the task's result.
 *
 * No async generator: one that waits could not be left before what it waits for has come.
 */
class ItemStream implements TaskStream<unknown>, ItemReceiver {
  readonly #highWaterMark: number;
  /** Submits the call; given up then, with the arguments that it holds. */
  #submit: ((items: ItemReceiver) => Future<unknown>) | undefined;
  #future: Future<unknown> | undefined;
  /** Come and not yet read, from `#first` on: shifting a long list for each item would cost more than the item. */
  #items: unknown[] = [];
  #first = 0;
  #grant: ((items: number) => void) | undefined;
  /** How many items were read since core has asked for more. */
  #read = 0;
  readonly #waiting: Waiting[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** Whether no more items come. */
  #ended = false;
  /** Those who have left the loop and wait for the call to leave its worker. */
  readonly #leaving: (() => void)[] = [];

  constructor(highWaterMark: number, submit: (items: ItemReceiver) => Future<unknown>) {
    this.#highWaterMark = highWaterMark;
    this.#submit = submit;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    const waiting = new Waiting();
    this.#waiting.push(waiting);
    this.#start();
    if (this.#isCutOff) this.#drop();
    this.#advance();
    return waiting.promise;
  }

  /** Whether the call was ended from outside: it has failed and is still with its worker. */
  get #isCutOff(): boolean {
    const state = this.#future?.state;
    return this.#grant !== undefined && (state === 'cancelled' || state === 'rejected');
  }

  #start(): void {
    const submit = this.#submit;
    if (submit === undefined) return;
    this.#submit = undefined;
    try {
      this.#future = submit(this);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#future.then(
      () => this.#end(),
      (error: unknown) => this.#fail(error),
    );
  }

  opened(grant: (items: number) => void): void {
    this.#grant = grant;
    this.#read = 0;
  }

  item(value: unknown): void {
    if (this.#ended) return;
    this.#items.push(value);
    this.#advance();
  }

  left(): void {
    this.#grant = undefined;
    for (const left of this.#leaving.splice(0)) left();
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    if (this.#isCutOff) this.#drop();
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#advance();
  }

  #drop(): void {
    this.#items = [];
    this.#first = 0;
  }

  #advance(): void {
    for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
      if (this.#first < this.#items.length) waiting.resolve({ done: false, value: this.#take() });
      else if (this.#failure !== undefined) {
        // As with a Future, what the caller brought about need not be caught (E8).
        const { error } = this.#failure;
        const isAskedFor = this.#future?.state === 'cancelled' || error instanceof ExecutorShutdownError;
        if (isAskedFor) waiting.promise.catch(() => {});
        waiting.reject(error);
        this.#failure = undefined;
      } else if (this.#ended) waiting.resolve(done);
      else return;
      this.#waiting.shift();
    }
  }

  #take(): unknown {
    const value = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first === this.#items.length) this.#drop();
    this.#read += 1;
    // Not for each item: a message to the worker costs as much as several items.
    if (this.#read * 2 >= this.#highWaterMark) {
      this.#grant?.(this.#read);
      this.#read = 0;
    }
    return value;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#leave();
    return done;
  }

  async throw(reason: unknown): Promise<never> {
    await this.#leave();
    throw reason;
  }

  async #leave(): Promise<void> {
    this.#submit = undefined;
    this.#failure = undefined;
    this.#drop();
    this.#end();
    // Whoever hears of the submit may be the one who leaves, and the Future is still to come.
    if (this.#future === undefined) await undefined;
    this.#future?.cancel(new CancelledError('The stream was left before its end.'));
    if (this.#grant === undefined) return;
    // The Future, which is settled, holds the process no longer; the generator's `finally` is still to run.
    const keepAlive = new KeepAlive();
    keepAlive.acquire();
    await new Promise<void>((resolve) => this.#leaving.push(resolve));
    keepAlive.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
