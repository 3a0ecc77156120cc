import type { ResourceLimits } from 'node:worker_threads';
import type { WorkerKind } from './executor.js';
import type { AnyTask, TaskArgs } from './tasks.js';

/** A task with its arguments, to be run in each worker: see `initializer` and `finalizer`. */
// biome-ignore lint/suspicious/noExplicitAny: any task can initialize a worker.
export interface WorkerHook<T extends AnyTask = any> {
  readonly task: T;
  readonly args?: TaskArgs<T> | undefined;
}

/** A class of errors, for {@link ExecutorOptions.errors}. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of errors take all sorts of arguments, and none is ever called.
export type ErrorClass = abstract new (...args: any[]) => Error;

/**
 * The options that every adapter's `createExecutor()` has. It throws TypeError or RangeError for a wrong value, and
 * `UnsupportedOptionError` for an option that needs a capability which its workers do not have.
 */
export interface ExecutorOptions<Kind extends WorkerKind = 'thread' | 'process'> {
  /** Where tasks run. Default `'thread'`. */
  readonly kind?: Kind | undefined;
  /** Names the executor in errors and warnings. Default: the backend's name and kind, such as `tinypool:thread`. */
  readonly name?: string | undefined;
  /** How many tasks run at once, at most. Default: the CPUs that this process may really use. */
  readonly maxWorkers?: number | undefined;
  /** How many workers are kept even when idle. They start with the first tasks. Default 0. */
  readonly minWorkers?: number | undefined;
  /** ms of idleness after which a worker beyond `minWorkers` is stopped. Infinity: never. Default 10,000. */
  readonly idleTimeout?: number | undefined;
  /** How many tasks may wait for a free worker; past it `submit` rejects with `QueueFullError`. Default Infinity. */
  readonly maxQueue?: number | undefined;
  /**
   * A task that runs once in each worker before its first task, and again in a replacement. Where it fails, the start has failed; after three
   * of those in a row the tasks reject with `WorkerStartError`.
   */
  readonly initializer?: WorkerHook | undefined;
  /** A task that runs in each worker before it is stopped cleanly; its failure is nobody's. A worker that is killed does not run it. */
  readonly finalizer?: WorkerHook | undefined;
  /**
   * ms that a cancelled running task is given to end by itself before its worker is ended. 0: none, Infinity: never ended. Default 1000,
   * or Infinity without the capability `terminate`, which all other values need.
   */
  readonly cancelGrace?: number | undefined;
  /** ms for a worker's clean stop (finalizer, 'exit' handlers); then it is killed. Default 1000. */
  readonly stopTimeout?: number | undefined;
  /** ms for a worker's start with its initializer, and for each import of a task module. Default 30,000. */
  readonly startTimeout?: number | undefined;
  /**
   * ms that a task may wait while every worker is busy before the process is warned (`StarvationWarning`, once for each executor) which
   * tasks hold the workers. Infinity: never. Default 1000.
   */
  readonly starvationThreshold?: number | undefined;
  /** Error classes that a task's errors are revived as, by name, so that they satisfy `instanceof`. Default none. */
  readonly errors?: readonly ErrorClass[] | undefined;
  /** The workers' environment, in place of a copy of the caller's. Needs the capability `isolation`, as the next three do. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The workers' `process.argv` after the script. Default none. */
  readonly argv?: readonly string[] | undefined;
  /** The workers' Node options. Default: the caller's, less what a worker cannot take. */
  readonly execArgv?: readonly string[] | undefined;
  /**
   * The file that the workers load, in place of the adapter's own: for bundlers, which move that. It is the adapter's `./worker` export,
   * bundled as an entry of its own. A file URL, or an absolute path.
   */
  readonly workerEntry?: URL | string | undefined;
  /** Replaces each worker after so many tasks. Needs the capability `recycle`. Default Infinity. */
  readonly maxTasksPerWorker?: number | undefined;
  /**
   * Bounds each worker's heap; a worker that exceeds it is a `WorkerCrashedError` with `outOfMemory`. Needs the capability `resourceLimits`.
   * Default none.
   *
   * In threads it is as good as Node's own: where one allocation alone goes far beyond the limit, as when a large array grows, or where a
   * thread cannot even start in it, Node aborts the whole process (nodejs/node#47224). What may do that belongs in a process, with
   * `execArgv: ['--max-old-space-size=200']`.
   */
  readonly resourceLimits?: ResourceLimits | undefined;
}
