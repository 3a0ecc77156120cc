import type { Capabilities } from './capabilities.js';
import type { Future } from './future.js';
import type { AnyTask, IsStreamTask, Task, TaskArgs, TaskResult } from './tasks.js';

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
}

/** Options of {@link Submitter.map}. */
export interface MapOptions {
  /**
   * How many results may be outstanding or unread at once; the input is read no further ahead. Default `2 * maxWorkers * chunkSize`. With
   * items that take very different times, more keeps the workers busy behind a slow one.
   */
  readonly buffer?: number | undefined;
  /**
   * How many items go to a worker at once, which then runs them one after the other: for tasks of few microseconds, for which sending
   * them is most of the work. Default 1. Nothing else changes by it: results, their order, errors and time limits are those of each item.
   * A `buffer` with less room than a chunk for each worker makes the chunks smaller.
   *
   * `'auto'` measures how long items take and sends as many as make a millisecond or two; slow ones go one by one, so that no worker has
   * several of them while another has none. The default `buffer` then grows and shrinks with the chunks.
   *
   * @example
   * ```ts
   * const small = ['a.txt', 'b.txt', 'c.txt'];
   * for await (const hash of executor.map(files.sha256, small, { chunkSize: 'auto' })) console.log(hash);
   * ```
   */
  readonly chunkSize?: number | 'auto' | undefined;
  /** Results in the order of the input (default true), or as they complete. */
  readonly ordered?: boolean | undefined;
  /** Aborting it cancels what has not finished and makes the iteration throw its reason. */
  readonly signal?: AbortSignal | undefined;
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
