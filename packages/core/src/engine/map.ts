import type { MapOptions } from '../executor.js';
import type { Future } from '../future.js';
import type { AnyTask } from '../tasks.js';
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
  const { signal, ordered = true, buffer = Math.min(Number.MAX_SAFE_INTEGER, 2 * target.maxWorkers) } = options;
  const itemOptions = signal === undefined ? jobOptions : { ...jobOptions, signals: [...jobOptions.signals, signal] };
  return new Mapping(input, (item) => target.submitJob(task, [item], itemOptions), buffer, ordered).results();
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

/**
 * One iteration: reads the input as far ahead as `buffer` allows, and waits for whichever comes first, an item or a result. An input
 * that is slow, or that itself waits for the results of earlier items, holds up no result that is there.
 */
class Mapping {
  readonly #open: Input;
  readonly #submit: (item: unknown) => Future<unknown>;
  readonly #buffer: number;
  readonly #ordered: boolean;
  /** Submitted and not yet given out: in the order of the input, or with those that have settled first. */
  readonly #outstanding = new Set<Future<unknown>>();
  readonly #settled: Future<unknown>[] = [];
  #input: ReturnType<Input> | undefined;
  #pulling = false;
  #ended = false;
  #inputFailure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(open: Input, submit: (item: unknown) => Future<unknown>, buffer: number, ordered: boolean) {
    this.#open = open;
    this.#submit = submit;
    this.#buffer = buffer;
    this.#ordered = ordered;
  }

  async *results(): AsyncGenerator<unknown, undefined> {
    let completed = false;
    try {
      this.#input = this.#open();
      for (;;) {
        this.#fill();
        const next = this.#takeSettled();
        if (next !== undefined) yield await next;
        else if (this.#ended && this.#outstanding.size === 0) break;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
      completed = true;
      // A failing input is one more result: thrown at its place, after those of the items before it.
      if (this.#inputFailure !== undefined) throw this.#inputFailure.error;
    } finally {
      if (!completed) await this.#leave();
    }
  }

  #fill(): void {
    while (!this.#ended && !this.#pulling && this.#outstanding.size < this.#buffer) {
      let step: IteratorResult<unknown> | Promise<IteratorResult<unknown>> | undefined;
      try {
        step = this.#input?.iterator.next();
      } catch (error) {
        this.#inputFailed(error);
        return;
      }
      if (this.#input?.isAsync !== true) this.#take(step as IteratorResult<unknown> | undefined);
      else {
        this.#pulling = true;
        Promise.resolve(step).then(
          (result) => this.#pulled(() => this.#take(result)),
          (error: unknown) => this.#pulled(() => this.#inputFailed(error)),
        );
      }
    }
  }

  #pulled(done: () => void): void {
    this.#pulling = false;
    done();
    this.#wake?.();
  }

  #take(step: IteratorResult<unknown> | undefined): void {
    if (step === undefined || step.done) {
      this.#ended = true;
      return;
    }
    if (this.#ended) return;
    const future = this.#submit(step.value);
    this.#outstanding.add(future);
    const settled = (): void => {
      if (!this.#ordered) this.#settled.push(future);
      this.#wake?.();
    };
    future.then(settled, settled);
  }

  #inputFailed(error: unknown): void {
    this.#ended = true;
    this.#inputFailure = { error };
  }

  #takeSettled(): Future<unknown> | undefined {
    const [first] = this.#ordered ? this.#outstanding : this.#settled;
    if (first === undefined || first.state === 'queued' || first.state === 'running') return undefined;
    if (!this.#ordered) this.#settled.shift();
    this.#outstanding.delete(first);
    return first;
  }

  async #leave(): Promise<void> {
    const inputEnded = this.#ended;
    this.#ended = true;
    for (const future of this.#outstanding) if (future.state === 'queued') future.cancel();
    if (inputEnded) return;
    const closing = this.#input?.iterator.return?.();
    // An async input that is asked to end in the middle of a step ends after that step, which may never come.
    if (this.#pulling) void Promise.resolve(closing).catch(() => {});
    else await closing;
  }
}
