import { checkedStep, type OpenIterable, openIterable } from '../values/iterables.js';
import { inOwnScope } from './own-scope.js';
import { type TaskContext, taskContexts } from './task-context.js';

/**
 * The items of a stream's call, on their way from the task to core: no more of them are made than core has asked for, and when the
 * call is cancelled, the task's iterator is closed, so that its `finally` runs.
 */
export class Production {
  readonly #context: TaskContext;
  readonly #send: (item: unknown) => void;
  /** How many items may be made before core has asked for more. */
  #credit: number;
  #iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  /** Whether a step of an asynchronous iterator is under way. */
  #isStepping = false;
  #closed: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  /** `send` sends an item, or throws why it cannot travel. */
  constructor(context: TaskContext, credit: number, send: (item: unknown) => void) {
    this.#context = context;
    this.#credit = credit;
    this.#send = send;
  }

  /** Core asks for so many items more. */
  grant(items: number): void {
    this.#credit += items;
    this.#wake?.();
  }

  /** The call was cancelled. */
  cancel(): void {
    this.#wake?.();
    // A step may wait for what never comes; some iterators give it up when they are closed. A synchronous one cannot be in a step here,
    // unless it is the one that cancels, inline: it is closed when the step is done.
    if (this.#isStepping) void this.#close().catch(() => {});
  }

  /** Makes the items of what the task returned. Resolves when it is closed, by itself or by a cancel; rejects with what it throws. */
  run(task: string, returned: unknown): Promise<undefined> {
    return taskContexts.run(this.#context, async () => {
      await this.#produce(task, await returned);
      return undefined;
    });
  }

  async #produce(task: string, source: unknown): Promise<void> {
    const { iterator, isAsync } = open(task, source);
    this.#iterator = iterator;
    for (;;) {
      // Not awaited while there is credit: those items are made in one go.
      if (this.#credit <= 0) await this.#asked();
      if (this.#context.cancelled) break;
      this.#isStepping = isAsync;
      let step: IteratorResult<unknown>;
      try {
        const next = iterator.next();
        step = checkedStep(isAsync ? await next : next);
      } finally {
        this.#isStepping = false;
      }
      if (step.done) return;
      this.#credit -= 1;
      try {
        this.#send(step.value);
      } catch (error) {
        // What closing it throws matters less than why it is closed.
        await this.#close().catch(() => {});
        throw error;
      }
    }
    await this.#close();
  }

  async #asked(): Promise<void> {
    while (this.#credit <= 0 && !this.#context.cancelled) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = undefined;
  }

  #close(): Promise<void> {
    this.#closed ??= inOwnScope(() =>
      taskContexts.run(this.#context, async () => void (await this.#iterator?.return?.())),
    );
    return this.#closed;
  }
}

function open(task: string, source: unknown): OpenIterable {
  const isObject = (typeof source === 'object' && source !== null) || typeof source === 'function';
  const opened = isObject ? openIterable(source) : undefined;
  if (opened !== undefined) return opened;
  const what = source === null ? 'null' : typeof source === 'object' ? 'an object' : `a value of type ${typeof source}`;
  throw new TypeError(
    `Task '${task}' has no items: it returned ${what} and no generator or other iterable. Use submit() for a task with one result.`,
  );
}
