import { CancelledError, ExecutorShutdownError } from '../errors.js';
import type { ScopeOptions } from '../executor.js';
import { nextTurn } from '../timers.js';
import { Group, type Refusal } from './group.js';
import type { Job } from './job.js';
import * as validate from './validate.js';

const scopeChecks: Readonly<Record<keyof ScopeOptions, validate.Check>> = {
  policy: {
    allowed: "'all' or 'settle'",
    type: 'string',
    accepts: (value: string) => value === 'all' || value === 'settle',
  },
};

/** The tasks of one `executor.scope()`: none of them outlives it. */
export class Scope extends Group {
  readonly #executor: string;
  readonly #policy: NonNullable<ScopeOptions['policy']>;
  #failure: { readonly reason: unknown } | undefined;
  #isOver = false;

  /** Throws TypeError or RangeError for bad options. */
  constructor(executor: string, options: ScopeOptions) {
    super();
    validate.checkOptions('scope', options, scopeChecks);
    this.#executor = executor;
    this.#policy = options.policy ?? 'all';
  }

  /** Runs the body, waits for every task, and then gives the body's value or rejects with the first error. */
  async run<T>(body: () => Promise<T>): Promise<T> {
    const outcome = await Promise.resolve()
      .then(body)
      .then(
        (value) => ({ value }),
        (reason: unknown) => {
          this.#fail(reason);
          return undefined;
        },
      );
    do {
      await this.empty();
      // What the caller does with the last results, also where the body has awaited them, may be to submit more.
      await nextTurn();
    } while (this.members.length > 0);
    this.#isOver = true;
    if (this.#failure !== undefined || outcome === undefined) throw this.#failure?.reason;
    return outcome.value;
  }

  override get isOpen(): boolean {
    return this.#failure === undefined && !this.#isOver;
  }

  override refusal(job: Job): Refusal | undefined {
    if (this.#failure !== undefined) return { state: 'cancelled', reason: this.#cancelled(job, this.#failure.reason) };
    if (!this.#isOver) return undefined;
    const message = `Task '${job.task.name}' came after the end of its scope; submit it while the scope's body runs, or to '${this.#executor}' itself.`;
    return { state: 'rejected', reason: new ExecutorShutdownError(message) };
  }

  override settled(job: Job, reason: unknown): void {
    if (this.#policy !== 'all' || job.state !== 'rejected') return;
    // It is the scope that tells of it.
    job.future.catch(() => {});
    this.#fail(reason);
  }

  #fail(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { reason };
    for (const job of this.members) job.cancel(this.#cancelled(job, reason));
  }

  #cancelled(job: Job, cause: unknown): CancelledError {
    return new CancelledError(`Task '${job.task.name}' was cancelled: its scope has failed, see the cause.`, { cause });
  }
}
