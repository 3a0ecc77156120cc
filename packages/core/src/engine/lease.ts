import type { Backend } from '../backend-types.js';
import { CancelledError, ExecutorShutdownError } from '../errors.js';
import type { Executor, ShutdownOptions } from '../executor.js';
import { deadlines } from './deadlines.js';
import { Group, type Refusal } from './group.js';
import type { Job } from './job.js';
import * as validate from './validate.js';

/** Finds the way to a lease on executors of every copy of this package: a function without arguments that makes one. */
export const leaseKey: unique symbol = Symbol.for('anypool.lease/v1');

/** Finds the executor beneath a lease; absent on what is none. */
export const lessorKey: unique symbol = Symbol.for('anypool.lessor/v1');

/** What an executor's end is about: the whole of it, or a lease. */
export interface Life {
  readonly state: Executor['state'];
  ready(): Promise<void>;
  warmUp(workers: number): Promise<void>;
  shutdown(options: ShutdownOptions): Promise<void>;
  terminate(): Promise<void>;
}

/** The executor beneath a lease. */
export interface Lessor extends Life {
  readonly name: string;
  readonly backend: Backend;
  ready(owner?: object): Promise<void>;
  /** Rejects what waits for a place in the queue on the owner's behalf. */
  turnAway(owner: object, reason: unknown): void;
  /** Whether the job waits; if so, no worker takes it by itself any more. */
  holdBack(job: Job): boolean;
  endJob(job: Job, state: 'cancelled' | 'rejected', reason: unknown, cancelGrace?: number): void;
}

/** One user's share in an executor that others use, too: it ends with that user's tasks, and the executor goes on. */
export class Lease extends Group implements Life {
  readonly #lessor: Lessor;
  #state: Executor['state'] = 'running';
  #closed: Promise<void> | undefined;

  constructor(lessor: Lessor) {
    super();
    this.#lessor = lessor;
  }

  get state(): Executor['state'] {
    return this.#state === 'running' ? this.#lessor.state : this.#state;
  }

  // The lessor's own promise, see `Places`.
  ready(): Promise<void> {
    return this.#state === 'running' ? this.#lessor.ready(this) : Promise.reject(this.#shutDown());
  }

  async warmUp(workers: number): Promise<void> {
    if (this.#state !== 'running') throw this.#shutDown();
    await this.#lessor.warmUp(workers);
  }

  override get isOpen(): boolean {
    return this.#state === 'running';
  }

  override refusal(): Refusal | undefined {
    return this.isOpen ? undefined : { state: 'rejected', reason: this.#shutDown() };
  }

  #shutDown(): ExecutorShutdownError {
    return new ExecutorShutdownError(
      `This lease of '${this.#lessor.name}' is shut down and takes no more tasks; call getDefaultExecutor() for another.`,
    );
  }

  async shutdown(options: ShutdownOptions): Promise<void> {
    validate.checkOptions('shutdown', options, validate.shutdownChecks);
    const closed = this.#close();
    if (options.cancelPending) {
      for (const job of this.members) {
        if (!this.#lessor.holdBack(job)) continue;
        const message = `Task '${job.task.name}' was cancelled: its lease of '${this.#lessor.name}' was shut down with cancelPending.`;
        this.#lessor.endJob(job, 'cancelled', new CancelledError(message));
      }
    }
    const limit = deadlines.add(options.timeout ?? Number.POSITIVE_INFINITY, () => this.#endAll());
    await closed;
    deadlines.remove(limit);
  }

  async terminate(): Promise<void> {
    const closed = this.#close();
    this.#endAll();
    await closed;
  }

  #close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#state = 'draining';
      this.#lessor.turnAway(this, this.#shutDown());
      this.#closed = this.empty().then(() => {
        this.#state = 'closed';
      });
    }
    return this.#closed;
  }

  #endAll(): void {
    const { name } = this.#lessor;
    const error = new ExecutorShutdownError(`The lease of '${name}' was terminated before the task ended.`);
    for (const job of this.members) this.#lessor.endJob(job, 'rejected', error, 0);
    // What cannot be ended by force is not waited for, as `terminate()` of an executor does not either.
    if (!this.#lessor.backend.capabilities.terminate) this.letGo();
  }
}
