import type { Capabilities } from './capabilities.js';
import type { Future } from './future.js';
import type {
  AnyTask,
  IsStreamTask,
  SingleResultTask,
  StreamItem,
  StreamSource,
  Task,
  TaskArgs,
  TaskResult,
} from './tasks.js';

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
   * 0 ends it at once, Infinity never. Default: the executor's own `cancelGrace`. All but Infinity need the capability `terminate`.
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
   * How many results may be outstanding or unread at once; the input is read no further ahead. Default `2 * maxWorkers * chunkSize`. With
   * items that take very different times, more keeps the workers busy behind a slow one. With a `maxQueue`, no more tasks are outstanding
   * than fit into the queue and the workers.
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
   * It rejects with what the task threw, or with an `ExecutorError`, whose `code` says what happened: `ERR_NOT_CLONEABLE` for an argument
   * or a result that cannot travel, `ERR_TASK_MODULE` and `ERR_TASK_NOT_FOUND` for a task that cannot be loaded, `ERR_WORKER_START` and
   * `ERR_WORKER_CRASHED` for its worker, `ERR_TASK_TIMEOUT`, `ERR_QUEUE_FULL` and `ERR_EXECUTOR_SHUTDOWN`; a cancelled one with the
   * reason, or `ERR_CANCELLED` without one. A remote executor adds `ERR_ENGINE_UNREACHABLE` and `ERR_PAYLOAD_TOO_LARGE`.
   *
   * @example
   * ```ts
   * const small = await executor.submit(images.resize, picture, 100);
   * ```
   *
   * The arguments are read when the task is handed to its worker, not before; a task that is cancelled earlier leaves them untouched.
   */
  submit<T extends AnyTask>(task: SingleResultTask<T>, ...args: TaskArgs<T>): Future<TaskResult<T>>;

  /**
   * Runs the task once for each item and gives the results, in the order of the items. Starts at the first `next()` and reads
   * the input lazily, so an endless one works. The first failure is thrown at its place and ends the iteration; that, or leaving
   * the loop, cancels what has not started and closes the input.
   *
   * Throws TypeError or RangeError at the call for what is no task, for items that cannot be iterated, and for bad options.
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
   * Throws TypeError or RangeError at the call for bad options, and `UnsupportedOptionError` for one that needs a capability which this
   * executor has not.
   *
   * @example
   * ```ts
   * const urgent = executor.with({ priority: 10, timeout: 5000 });
   * const small = await urgent.submit(images.resize, picture, 100);
   * ```
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

/** Options of {@link Executor.scope}. */
export interface ScopeOptions {
  /**
   * `'all'` (default): the first task that fails cancels the others, and the scope rejects with its error. `'settle'`: tasks may fail on
   * their own, and only the body's failure is the scope's.
   */
  readonly policy?: 'all' | 'settle' | undefined;
}

/** Times in ms, accurate to a percent; 0 where there is nothing to count. */
export interface TimeStatistics {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** A task that holds a worker. */
export interface ActiveTask {
  /** The Future's id. */
  readonly id: number;
  readonly task: { readonly module: string; readonly name: string };
  readonly workerId: number;
  /** ms since it began. */
  readonly runTime: number;
}

/** What a view made by {@link Executor.limit} is doing. */
export interface LimitStats {
  readonly name?: string;
  readonly maxConcurrent: number;
  /** Tasks that run, or wait only for a worker. */
  readonly admitted: number;
  /** Tasks that wait for one of those to end. */
  readonly parked: number;
}

/** What an executor is doing and has done; see {@link Executor.stats}. Counts are of tasks, times in ms. */
export interface ExecutorStats {
  /** Tasks that wait, for a worker or under a limit. */
  readonly queued: number;
  /** Workers that have a task; a task that was cancelled counts until it has left its worker. */
  readonly running: number;
  readonly completed: number;
  /** Tasks whose Future rejected, in whatever way but a cancel: those that crashed, timed out or were refused among them. */
  readonly failed: number;
  /** Tasks whose worker died with them; they are counted in `failed`, too. */
  readonly crashed: number;
  readonly cancelled: number;
  /** Workers that are up, idle or busy. */
  readonly workers: number;
  /** From submit to the task's beginning, of tasks that are over. */
  readonly waitTime: TimeStatistics;
  /** From the task's beginning until its Future settled. */
  readonly runTime: TimeStatistics;
  /** ms that the task waits which has waited longest for a worker; 0 if none does. */
  readonly longestWait: number;
  /** The tasks that hold the workers. */
  readonly active: readonly ActiveTask[];
  /** The limits that have tasks. */
  readonly limits: readonly LimitStats[];
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
   * Resolves when the queue has room for a task: at once without a `maxQueue`, else in the order of the calls. The place is kept for the
   * one who waited, until that one submits or a macrotask has passed: submit right behind it. Rejects with `ExecutorShutdownError` after a shutdown.
   *
   * @example
   * ```ts
   * // A million tasks, of which only `maxQueue` are in memory at any time:
   * for (const path of paths) {
   *   await executor.ready();
   *   executor.submit(files.sha256, path).then(console.log, console.error);
   * }
   * ```
   */
  ready(): Promise<void>;

  /**
   * Starts workers ahead of need, up to `workers` (a count, default `maxWorkers`), and resolves when they are up.
   * Rejects with TypeError or RangeError for what is no such count, with `WorkerStartError` if they cannot start, and with `ExecutorShutdownError` after a shutdown.
   */
  warmUp(workers?: number): Promise<void>;

  /**
   * A view whose tasks run at most `maxConcurrent` at once; the others wait, and leave the workers to everybody else. `name` is what
   * `stats()` calls it. Throws TypeError or RangeError for bad arguments.
   */
  limit(maxConcurrent: number, name?: string): Submitter;

  /**
   * Runs `body` with a view of its own, and settles when the body has ended and every task that was submitted through the view has settled
   * and left its worker: no task outlives the block that began it.
   *
   * Resolves to the body's value. If the body throws or, with the policy `'all'`, a task fails, the tasks that are left are cancelled, and
   * the scope rejects with that first error once they are gone and the body has ended. Rejects with TypeError or RangeError for bad options.
   *
   * @example
   * ```ts
   * const [small, large] = await executor.scope(async (group) =>
   *   Promise.all([group.submit(images.resize, picture, 100), group.submit(images.resize, picture, 200)]),
   * );
   * ```
   */
  scope<T>(body: (group: Submitter) => Promise<T>, options?: ScopeOptions): Promise<T>;

  /** What the executor is doing, and what became of its tasks so far. */
  stats(): ExecutorStats;

  /**
   * Refuses new tasks from now on, lets those queued and running finish, stops the workers cleanly, and resolves when the last
   * thread or process has really exited. May be called again: a stricter call takes effect on one under way. Rejects with TypeError or
   * RangeError for bad options, and for nothing else: what tasks and workers fail with is told by the Futures.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;

  /** Stops everything now: each unsettled Future rejects with `ExecutorShutdownError`. Resolves when the last worker has exited; never rejects. */
  terminate(): Promise<void>;
}
