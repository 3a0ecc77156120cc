import { AsyncResource } from 'node:async_hooks';
import type { MapOptions } from '../executor.js';
import type { AnyTask } from '../tasks.js';
import { checkedStep, type OpenIterable } from '../values/iterables.js';
import { follow, reasonOf, unfollow } from './abort-listeners.js';
import type { Chunk } from './chunk.js';
import { fixedSize, MeasuredSize } from './chunk-size.js';
import type { JobOptions } from './job.js';
import { type Input, inputOf } from './map-input.js';
import { Place } from './place.js';
import { InChunks, oneByOne, type Shipping } from './shipping.js';
import * as validate from './validate.js';
import type { SubmitTarget } from './view.js';

const auto: validate.Check = {
  allowed: "a whole number from 1, or 'auto'",
  type: 'string',
  accepts: (value: unknown) => value === 'auto',
};

const mapChecks: Readonly<Record<keyof MapOptions, validate.Check>> = {
  buffer: validate.positiveInteger,
  chunkSize: { ...validate.positiveInteger, allowed: auto.allowed },
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
  const isWord = typeof options?.chunkSize === 'string';
  validate.checkOptions('map', options, isWord ? { ...mapChecks, chunkSize: auto } : mapChecks);
  if (!validate.isTask(task))
    throw new TypeError(`map: the first argument must be a task, see tasksFrom(); got ${validate.shown(task)}.`);
  const input = inputOf(items);
  const { signal, ordered = true, chunkSize = 1, buffer } = options;
  const itemOptions = signal === undefined ? jobOptions : { ...jobOptions, signals: [...jobOptions.signals, signal] };
  const workers = Number.isFinite(target.maxWorkers) ? target.maxWorkers : 1;
  const capacity = target.capacityFor(itemOptions);
  const shipping = (mapping: Mapping): Shipping => {
    if (chunkSize === 1) {
      const submit = (item: unknown) => target.submitJob(task, [item], itemOptions);
      return oneByOne(submit, Math.min(buffer ?? 2 * workers, capacity), (places) => mapping.settled(places));
    }
    return new InChunks({
      size: chunkSize === 'auto' ? new MeasuredSize() : fixedSize(chunkSize),
      buffer,
      workers,
      capacity,
      remaining: () => mapping.remaining,
      takesMore: () =>
        capacity === Number.POSITIVE_INFINITY &&
        target.state === 'running' &&
        itemOptions.groups.every(({ isOpen }) => isOpen),
      // Called from a worker's message, where the caller's context would be lost to what is submitted and to the input that is read on.
      submit: AsyncResource.bind((chunk: Chunk) => target.submitJob(task, [], { ...itemOptions, chunk })),
      settled: AsyncResource.bind((places: readonly Place[]) => mapping.settled(places)),
    });
  };
  return new Mapping(input, shipping, ordered, signal);
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
  readonly #source: Input;
  readonly #shipping: Shipping;
  readonly #ordered: boolean;
  /** The places of items that were read and whose results were not given out yet, in the order of the input. */
  readonly #outstanding = new Set<Place>();
  /** Those of them that have settled, in that order. */
  readonly #settled = new Set<Place>();
  readonly #waiting: Waiting[] = [];
  #input: OpenIterable | undefined;
  #read = 0;
  /** Whether it reads until the buffer is full, once there was room for a batch. */
  #filling = false;
  /** Whether the input's own code runs: it may be what aborts, leaves or goes on with this very iteration. */
  #isStepping = false;
  #pulling = false;
  #inputEnded = false;
  #inputFailure: { readonly error: unknown } | undefined;
  /** Whether the iteration is over: the end, a failure, or the caller has left. */
  #over = false;
  readonly #signal: AbortSignal | undefined;

  constructor(
    source: Input,
    shipping: (mapping: Mapping) => Shipping,
    ordered: boolean,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.#source = source;
    this.#ordered = ordered;
    this.#shipping = shipping(this);
  }

  /** How many items are still to be read, where the input tells. */
  get remaining(): number | undefined {
    const { length } = this.#source;
    return length === undefined ? undefined : Math.max(0, length - this.#read);
  }

  settled(places: readonly Place[]): void {
    for (const place of places) if (this.#outstanding.has(place)) this.#settled.add(place);
    this.#advance();
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      const signal = this.#signal;
      // Tasks under way hear of it by themselves, and their failures come at their places.
      if (signal?.aborted && !this.#over && this.#outstanding.size === 0) {
        this.#fail(reasonOf(signal), { resolve, reject });
        return;
      }
      this.#waiting.push({ resolve, reject });
      // While somebody waits, and no longer: nobody tells of an iteration that is abandoned.
      if (signal?.aborted === false && !this.#over) follow(signal, this);
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
    this.#give();
    if (this.#waiting.length === 0) this.#unfollow();
  }

  #give(): void {
    while (this.#waiting.length > 0) {
      this.#fill();
      const next = this.#takeSettled();
      const isEmpty = this.#outstanding.size === 0;
      const isOver = this.#over || (this.#inputEnded && isEmpty);
      // What is under way hears of an abort by itself; an input does not, and may never have another item.
      const aborted = !isOver && isEmpty && this.#signal?.aborted === true ? this.#signal : undefined;
      if (next === undefined && !isOver && aborted === undefined) return;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      if (next !== undefined) this.#giveOne(next, waiting);
      else if (aborted !== undefined) this.#fail(reasonOf(aborted), waiting);
      else this.#finish(waiting);
    }
  }

  #giveOne(place: Place, waiting: Waiting): void {
    if (place.state === 'fulfilled') {
      waiting.resolve({ done: false, value: place.outcome });
      return;
    }
    // Nothing after a failure is given out.
    this.#over = true;
    this.#fail(place.outcome, waiting);
  }

  // A failing input is one more result: thrown at its place, after those of the items before it.
  #finish(waiting: Waiting): void {
    const failure = this.#over ? undefined : this.#inputFailure;
    this.#over = true;
    if (failure === undefined) waiting.resolve(done);
    else waiting.reject(failure.error);
  }

  #fail(reason: unknown, waiting: Waiting): void {
    // Why the iteration failed matters more than that its input then failed to close.
    const rejected = (): void => waiting.reject(reason);
    this.#leave().then(rejected, rejected);
  }

  #fill(): void {
    while (!this.#over && !this.#inputEnded && !this.#isStepping && !this.#pulling && this.#hasRoom()) {
      try {
        const step = this.#step();
        if (this.#input?.isAsync) this.#pull(Promise.resolve(step));
        else this.#take(checkedStep(step));
      } catch (error) {
        this.#inputFailed(error);
      }
    }
    // An input that is waited for may have the next item at once, or not for a long time.
    this.#shipping.dispatch(this.#pulling ? 'soon' : 'now');
  }

  #step(): unknown {
    this.#isStepping = true;
    try {
      this.#input ??= this.#source.open();
      return this.#input.iterator.next();
    } finally {
      this.#isStepping = false;
    }
  }

  #hasRoom(): boolean {
    const room = this.#shipping.buffer - this.#outstanding.size;
    if (room <= 0) this.#filling = false;
    else if (room >= this.#shipping.batch) this.#filling = true;
    return this.#filling;
  }

  #pull(step: Promise<unknown>): void {
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
      (result) => pulled(() => this.#take(checkedStep(result))),
      (error: unknown) => pulled(() => this.#inputFailed(error)),
    );
  }

  #take(step: IteratorResult<unknown>): void {
    if (step.done) this.#inputEnded = true;
    if (step.done || this.#over) return;
    // First: it may be a getter that throws.
    const { value } = step;
    const place = new Place();
    this.#outstanding.add(place);
    this.#read += 1;
    this.#shipping.send(value, place);
  }

  #inputFailed(error: unknown): void {
    this.#inputEnded = true;
    this.#inputFailure ??= { error };
  }

  #takeSettled(): Place | undefined {
    const [first] = this.#ordered ? this.#outstanding : this.#settled;
    if (first === undefined || this.#over || !this.#settled.has(first)) return undefined;
    this.#settled.delete(first);
    this.#outstanding.delete(first);
    return first;
  }

  #unfollow(): void {
    if (this.#signal !== undefined) unfollow(this.#signal, this);
  }

  async #leave(): Promise<void> {
    this.#over = true;
    this.#unfollow();
    this.#shipping.withdraw(this.#outstanding);
    this.#outstanding.clear();
    this.#settled.clear();
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(done);
    // What calls this may be the input, which cannot be closed before it has ended its step.
    if (this.#isStepping) await undefined;
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    const closing = this.#input?.iterator.return?.();
    // An async input that is asked to end in the middle of a step ends after that step, which may never come.
    if (this.#pulling) void Promise.resolve(closing).catch(() => {});
    else await closing;
  }
}
