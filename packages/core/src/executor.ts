import type { Capabilities } from './capabilities.js';
import type { Future } from './future.js';
import type { AnyTask, IsStreamTask, StreamItem, StreamSource, Task, TaskArgs, TaskResult } from './tasks.js';

/** Where a task runs: a thread, another process, the caller's own thread, or another machine. */
export type WorkerKind = 'thread' | 'process' | 'inline' | 'remote';

/** Options of a view made by {@link Submitter.with}; they hold for every task submitted through it. */
export interface SubmitOptions {
  /** Aborting it is as `future.cancel(signal.reason)`. Signals of nested views combine: any of them cancels. */
  readonly signal?: AbortSignal | undefined;
  /** ms from submit to result; then the Future rejects with `TaskTimeoutError`. Default Infinity. */
  readonly timeout?: number | undefined;
  /** ms from the task's start to its result; then the Future rejects with `TaskTimeoutError`. Default Infinity. */
  readonly runTimeout?: number | undefined;
  /** Higher starts first; equal priorities start in the order of submission. Any finite number. Default 0. */
  readonly priority?: number | undefined;
  /**
   * ms that a cancelled task which already runs is given to end by itself; then its worker is ended and replaced.
   * 0 ends it at once, Infinity never. Default: the executor's own `cancelGrace`.
   */
  readonly cancelGrace?: number | undefined;
  /**
   * For {@link Submitter.stream}: how many items, at most, a task may have made that were not read yet. A whole number from 1. More of them
   * cost memory and save the task waits. Default 16. Needs the capability `stream`.
   */
  readonly highWaterMark?: number | undefined;
}

/** Options of {@link Submitter.map}. */
export interface MapOptions {
  /**
   * How many results may be outstanding or unread at once; the input is read no further ahead. Default `2 * maxWorkers`. With items that
   * take very different times, more keeps the workers busy behind a slow one.
   */
  readonly buffer?: number | undefined;
  /** Results in the order of the input (default true), or as they complete. */
  readonly ordered?: boolean | undefined;
  /** Aborting it cancels what has not finished and makes the iteration throw its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The items of a task, as they are made; see {@link Submitter.stream}. It can be gone through once.
 *
 * `return()`, which `break` calls, ends the task and resolves when that has left its worker.
 */
export interface TaskStream<T> extends AsyncIterableIterator<T>, AsyncDisposable {
  next(): Promise<IteratorResult<T, undefined>>;
  return(): Promise<IteratorResult<T, undefined>>;
  throw(reason?: unknown): Promise<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): this;
}

/** A stream task where one result is meant does not compile. */
type SingleResultTask<T extends AnyTask> = IsStreamTask<T> extends true ? never : T;

/** The functions of {@link Submitter.bind}: each submits the task of its name. */
export type BoundTasks<TM extends object> = {
  readonly [K in keyof TM as K extends 'then'
    ? never
    : TM[K] extends AnyTask
      ? IsStreamTask<TM[K]> extends true
        ? never
        : K
      : never]: TM[K] extends AnyTask ? (...args: TaskArgs<TM[K]>) => Future<TaskResult<TM[K]>> : never;
};

/** What can take tasks: an executor, or a view of one. */
export interface Submitter {
  /**
   * Submits a task and returns its Future at once. Never throws: every failure arrives as a rejection.
   *
   * The arguments are read when the task is handed to its worker, not before; a task that is cancelled earlier leaves them untouched.
   */
  submit<T extends AnyTask>(task: SingleResultTask<T>, ...args: TaskArgs<T>): Future<TaskResult<T>>;

  /**
   * Runs the task once for each item and gives the results, in the order of the items. Starts at the first `next()` and reads
   * the input lazily, so an endless one works. The first failure is thrown at its place and ends the iteration; that, or leaving
   * the loop, cancels what has not started and closes the input.
   *
   * Throws TypeError or RangeError at the call for bad options.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the item's and result's types are inferred from the task.
  map<T extends Task<[any], any>>(
    task: SingleResultTask<T>,
    items: Iterable<TaskArgs<T>[0]> | AsyncIterable<TaskArgs<T>[0]>,
    options?: MapOptions,
  ): AsyncIterableIterator<TaskResult<T>>;

  /**
   * Gives the items of a task that returns a generator, or another iterator, as the task makes them: at most `highWaterMark` of them ahead
   * of the caller. The task is submitted at the first `next()`, which is also where `timeout` begins, and it has its worker until it ends:
   * a stream that is read only in part is to be left, by `break` or `return()`.
   *
   * Leaving the loop cancels the task, and so do a signal and a time limit: it sees that in its `taskContext()`, its iterator is closed,
   * so that its `finally` runs, and after `cancelGrace` ms its worker is ended. Never throws: `next()` rejects with what `submit()`
   * would reject with, with `NotCloneableError` for an item that cannot travel (its `path` begins with `item`), and with a TypeError
   * if the task returns nothing that has items. What the task throws, or its worker's death, comes after the items before it; what
   * ends it from outside comes at once, and drops the items that were not read.
   *
   * @example
   * ```ts
   * for await (const line of executor.stream(files.lines, '/etc/hosts')) {
   *   if (line.startsWith('::1')) break;
   * }
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: the item's type is inferred from the task.
  stream<T extends Task<any, StreamSource<any>>>(task: T, ...args: TaskArgs<T>): TaskStream<StreamItem<T>>;

  /**
   * The tasks of a module as plain async functions.
   *
   * @example
   * ```ts
   * const images = executor.bind(tasksFrom<typeof import('./images.js')>(url));
   * const small = await images.resize(picture, 100);
   * ```
   */
  bind<TM extends object>(module: TM): BoundTasks<TM>;

  /**
   * A cheap, immutable view that submits with these options. Views nest: the innermost option wins, signals combine.
   *
   * Throws TypeError or RangeError at the call for bad options.
   */
  with(options: SubmitOptions): Submitter;
}

/** Options of {@link Executor.shutdown}. */
export interface ShutdownOptions {
  /** Cancel the tasks still queued, instead of running them. Default false. */
  readonly cancelPending?: boolean | undefined;
  /** ms after which the shutdown goes on as `terminate()`. Default Infinity. */
  readonly timeout?: number | undefined;
}

/** Runs tasks on workers of one kind. Made by an adapter's `createExecutor()`. */
export interface Executor extends Submitter, AsyncDisposable {
  /** Names it in errors and warnings. */
  readonly name: string;
  readonly kind: WorkerKind;
  /** How many tasks run at once, at most. */
  readonly maxWorkers: number;
  readonly capabilities: Capabilities;
  /** `draining` from the call of `shutdown()` or `terminate()`, `closed` when the last worker has exited. */
  readonly state: 'running' | 'draining' | 'closed';

  /**
   * Starts workers ahead of need, up to `workers` (default `maxWorkers`), and resolves when they are up.
   * Rejects with `WorkerStartError` if they cannot start, and with `ExecutorShutdownError` after a shutdown.
   */
  warmUp(workers?: number): Promise<void>;

  /**
   * Refuses new tasks from now on, lets those queued and running finish, stops the workers cleanly, and resolves when the last
   * thread or process has really exited. May be called again: a stricter call takes effect on one under way.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;

  /** Stops everything now: each unsettled Future rejects with `ExecutorShutdownError`. Resolves when the last worker has exited. */
  terminate(): Promise<void>;
}
