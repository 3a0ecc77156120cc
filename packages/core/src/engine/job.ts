import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import type { TaskContextValues } from '../context-carriers.js';
import type { Future, FutureState } from '../future.js';
import type { AnyTask, Task } from '../tasks.js';
import { now } from '../timers.js';
import { follow, unfollow } from './abort-listeners.js';
import type { Chunk } from './chunk.js';
import { type Deadline, deadlines } from './deadlines.js';
import type { Group } from './group.js';
import type { HeapItem } from './indexed-heap.js';
import type { Limit } from './limit.js';
import type { Passage } from './passage.js';
import type { ItemReceiver } from './stream.js';
import type { TaskQueue } from './task-queue.js';
import type { WorkerSlot } from './worker-slot.js';

/** Options of one submitted task, with every view's options merged. */
export interface JobOptions {
  readonly signals: readonly AbortSignal[];
  readonly timeout: number;
  readonly runTimeout: number;
  readonly priority: number;
  readonly cancelGrace: number;
  /** Bounds how many of a view's jobs run at once. */
  readonly limit?: Limit;
  /** What the job belongs to besides its executor: leases and scopes. */
  readonly groups: readonly Group[];
  readonly highWaterMark: number;
  /** Who gets the items, where the call is a stream's. */
  readonly items?: ItemReceiver;
  /** The items of a map that the job is made of; it then has no arguments of its own. */
  readonly chunk?: Chunk;
  /** The call is another process's, and is handed on as it is; the job then has no arguments of its own. */
  readonly passage?: Passage;
}

/** Who runs the jobs; a job asks it to be cancelled. */
export interface JobOwner {
  cancelJob(job: Job, reason: unknown): boolean;
  /** Sees whether a worker has taken the job from the board. */
  look(job: Job): void;
  /** Called when a worker has been given the job for the first time. */
  jobStarted(job: Job): void;
  /** Called once, when the job has settled; `reason` is what it rejects with. */
  jobSettled(job: Job, reason: unknown, crashed: boolean): void;
  /** Called once, when the job has settled and no worker runs it any more. */
  jobLeft(job: Job): void;
}

/**
 * A submitted task: the only place that settles its Future.
 *
 * It holds the arguments until they are handed to a worker or the task is over, and no longer.
 */
export class Job implements HeapItem {
  readonly id: number;
  task: AnyTask;
  readonly options: JobOptions;
  readonly future: TaskFuture<unknown>;
  args: readonly unknown[] | undefined;
  /** What context carriers gave it to take along. */
  context: TaskContextValues | undefined;
  state: FutureState = 'queued';
  readonly submittedAt: number = now();
  /** When its task began: when it was handed over, or when its module was there. 0 before. */
  startedAt = 0;
  /** When its task ended, where its worker has said so. */
  endedAt: number | undefined;
  /** Where it waits; one that a dying worker never began does so again, and its state stays `running`. */
  queue: TaskQueue | undefined;
  /** How often a worker that had it died before it began it. */
  handedInVain = 0;
  /** Where it is on the board, while no worker is known to have taken it from there. */
  place: number | undefined;
  // Its place in the queue.
  previous: Job | undefined;
  next: Job | undefined;
  heapIndex = -1;
  /** The worker that runs it. */
  slot: WorkerSlot | undefined;
  /** Fires at the end of `timeout`; the owner sets it. */
  timeoutDeadline: Deadline | undefined;
  readonly #owner: JobOwner;
  #resolve!: (value: unknown) => void;
  #reject!: (reason: unknown) => void;
  #progress: ((value: unknown) => unknown)[] | undefined;

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

  /** Its state, as it is now: one on the board may have begun since core looked. */
  get currentState(): FutureState {
    if (this.place !== undefined) this.#owner.look(this);
    return this.state;
  }

  get settled(): boolean {
    return this.state !== 'queued' && this.state !== 'running';
  }

  /** Whether nobody has begun it, as far as is known: it is queued here, for the first time or again, or in a pool that is others' as well. */
  get isWaiting(): boolean {
    if (this.currentState === 'queued') return true;
    return this.state === 'running' && (this.slot === undefined || this.slot.isKeptWaiting);
  }

  /** A worker has it now. */
  start(slot: WorkerSlot, at: number = now()): void {
    const isFirst = this.startedAt === 0;
    this.args = undefined;
    this.state = 'running';
    this.slot = slot;
    this.startedAt = Math.max(at, this.submittedAt);
    // Where one worker died before it began it, or has left a part of it, another is given it: that is no second start.
    if (isFirst) this.#owner.jobStarted(this);
  }

  /** Its worker has done with it. */
  leave(): void {
    this.slot = undefined;
    if (this.settled) this.#owner.jobLeft(this);
  }

  /** How many items it stands for, and how many of those are done: what counts tasks counts items (M5). */
  get count(): { readonly items: number; readonly completed: number } {
    return this.options.chunk?.count ?? { items: 1, completed: this.state === 'fulfilled' ? 1 : 0 };
  }

  followSignals(): void {
    for (const signal of this.options.signals) follow(signal, this);
  }

  cancel(reason: unknown): boolean {
    return !this.settled && this.#owner.cancelJob(this, reason);
  }

  fulfil(value: unknown): void {
    if (this.#settle('fulfilled', undefined)) this.#resolve(value);
  }

  /** A failure that Node reports as an unhandled rejection where nobody awaits the Future. */
  fail(reason: unknown): void {
    if (this.#settle('rejected', reason)) this.#reject(reason);
  }

  /** As {@link fail}, for the death of its worker. */
  crash(reason: unknown): void {
    if (this.#settle('rejected', reason, true)) this.#reject(reason);
  }

  /** A rejection that the caller asked for, by a cancel or a shutdown: silent where nobody awaits the Future. */
  abandon(state: 'cancelled' | 'rejected', reason: unknown): void {
    if (!this.#settle(state, reason)) return;
    this.future.catch(() => {});
    this.#reject(reason);
  }

  #settle(state: FutureState, reason: unknown, crashed = false): boolean {
    if (this.settled) return false;
    this.state = state;
    this.args = undefined;
    this.context = undefined;
    this.#progress = undefined;
    if (this.timeoutDeadline !== undefined) deadlines.remove(this.timeoutDeadline);
    if (this.options.signals.length > 0) for (const signal of this.options.signals) unfollow(signal, this);
    this.#owner.jobSettled(this, reason, crashed);
    if (this.slot === undefined) this.#owner.jobLeft(this);
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
      // A listener's failure is its own: neither the task nor the other listeners have anything to do with it.
      try {
        const returned: unknown = listener(value);
        if (types.isPromise(returned)) returned.catch(() => {});
      } catch {}
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

  /** See {@link Job.isWaiting}. */
  static isWaiting(future: Future<unknown>): boolean {
    return #job in future && future.#job.isWaiting;
  }

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
    return this.#job.currentState;
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
