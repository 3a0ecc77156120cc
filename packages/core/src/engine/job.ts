import { AsyncResource } from 'node:async_hooks';
import type { TaskContextValues } from '../context-carriers.js';
import type { Future, FutureState } from '../future.js';
import type { AnyTask, Task } from '../tasks.js';
import { follow, unfollow } from './abort-listeners.js';
import { type Deadline, deadlines } from './deadlines.js';
import type { WorkerSlot } from './worker-slot.js';

/** Options of one submitted task, with every view's options merged. */
export interface JobOptions {
  readonly signals: readonly AbortSignal[];
  readonly timeout: number;
  readonly runTimeout: number;
  readonly priority: number;
  readonly cancelGrace: number;
}

/** Who runs the jobs; a job asks it to be cancelled. */
export interface JobOwner {
  cancelJob(job: Job, reason: unknown): boolean;
  /** Called once, when the job has settled. */
  jobSettled(job: Job): void;
}

/**
 * A submitted task: the only place that settles its Future.
 *
 * It holds the arguments until they are handed to a worker or the task is over, and no longer.
 */
export class Job {
  readonly id: number;
  readonly task: AnyTask;
  readonly options: JobOptions;
  readonly future: TaskFuture<unknown>;
  args: readonly unknown[] | undefined;
  /** What context carriers gave it to take along. */
  context: TaskContextValues | undefined;
  state: FutureState = 'queued';
  /** Whether it waits in the queue; one that a dying worker never began does so again, and its state stays `running`. */
  queued = false;
  /** How often a worker that had it died before it began it. */
  handedInVain = 0;
  // The places in the queue's list.
  previous: Job | undefined;
  next: Job | undefined;
  /** The worker that runs it. */
  slot: WorkerSlot | undefined;
  /** Fires at the end of `timeout`; the owner sets it. */
  timeoutDeadline: Deadline | undefined;
  readonly #owner: JobOwner;
  #resolve!: (value: unknown) => void;
  #reject!: (reason: unknown) => void;
  #progress: ((value: unknown) => void)[] | undefined;

  constructor(owner: JobOwner, id: number, task: AnyTask, args: readonly unknown[], options: JobOptions) {
    this.#owner = owner;
    this.id = id;
    this.task = task;
    this.args = args;
    this.options = options;
    this.future = new TaskFuture(this, (resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get priority(): number {
    return this.options.priority;
  }

  get settled(): boolean {
    return this.state !== 'queued' && this.state !== 'running';
  }

  followSignals(): void {
    for (const signal of this.options.signals) follow(signal, this);
  }

  cancel(reason: unknown): boolean {
    return !this.settled && this.#owner.cancelJob(this, reason);
  }

  fulfil(value: unknown): void {
    if (this.#settle('fulfilled')) this.#resolve(value);
  }

  /** A failure that Node reports as an unhandled rejection where nobody awaits the Future. */
  fail(reason: unknown): void {
    if (this.#settle('rejected')) this.#reject(reason);
  }

  /** A rejection that the caller asked for, by a cancel or a shutdown: silent where nobody awaits the Future. */
  abandon(state: 'cancelled' | 'rejected', reason: unknown): void {
    if (!this.#settle(state)) return;
    this.future.catch(() => {});
    this.#reject(reason);
  }

  #settle(state: FutureState): boolean {
    if (this.settled) return false;
    this.state = state;
    this.args = undefined;
    this.context = undefined;
    this.#progress = undefined;
    if (this.timeoutDeadline !== undefined) deadlines.remove(this.timeoutDeadline);
    if (this.options.signals.length > 0) for (const signal of this.options.signals) unfollow(signal, this);
    this.#owner.jobSettled(this);
    return true;
  }

  addProgressListener(listener: (value: unknown) => void): void {
    if (this.settled) return;
    this.#progress ??= [];
    // Called from a worker's message, where the context of the one who listens would be lost.
    this.#progress.push(AsyncResource.bind(listener));
  }

  progress(value: unknown): void {
    for (const listener of this.#progress ?? []) {
      try {
        listener(value);
      } catch {
        // A listener's failure is its own: neither the task nor the other listeners have anything to do with it.
      }
      if (this.settled) return;
    }
  }
}

/** The Future that users hold. */
export class TaskFuture<T> extends Promise<T> implements Future<T> {
  static {
    // `.then()` and the like give plain promises, and `await` takes it for one as it is, without another promise around it.
    Object.defineProperty(TaskFuture.prototype, 'constructor', { value: Promise });
  }

  readonly #job: Job;

  constructor(job: Job, executor: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void) {
    super(executor);
    this.#job = job;
  }

  get id(): number {
    return this.#job.id;
  }

  // biome-ignore lint/suspicious/noExplicitAny: see Future.
  get task(): Task<any, T> {
    return this.#job.task;
  }

  get state(): FutureState {
    return this.#job.state;
  }

  cancel(reason?: unknown): boolean {
    return this.#job.cancel(reason);
  }

  onProgress(listener: (value: unknown) => void): this {
    if (typeof listener !== 'function')
      throw new TypeError(`onProgress: listener must be a function, got ${typeof listener}.`);
    this.#job.addProgressListener(listener);
    return this;
  }
}
