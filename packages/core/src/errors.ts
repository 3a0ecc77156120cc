import type { AnyTask } from './tasks.js';

/** The closed set of codes an {@link ExecutorError} can have. Codes are API and stable within a major version; messages are not. */
export type ExecutorErrorCode =
  | 'ERR_CANCELLED'
  | 'ERR_TASK_TIMEOUT'
  | 'ERR_WORKER_CRASHED'
  | 'ERR_WORKER_START'
  | 'ERR_TASK_MODULE'
  | 'ERR_TASK_NOT_FOUND'
  | 'ERR_NOT_CLONEABLE'
  | 'ERR_EXECUTOR_SHUTDOWN'
  | 'ERR_QUEUE_FULL'
  | 'ERR_UNSUPPORTED_OPTION'
  // Of remote executors.
  | 'ERR_ENGINE_UNREACHABLE'
  | 'ERR_PAYLOAD_TOO_LARGE';

// As `ErrorOptions`, which a program with `lib: ["es2020"]` does not know.
interface Options {
  readonly cause?: unknown;
}

/**
 * The base of every error that an executor itself raises; what a task throws is never wrapped in one.
 *
 * Compare `code`, which works across duplicate copies of the package, where `instanceof` would not.
 */
export class ExecutorError extends Error {
  readonly code: ExecutorErrorCode;

  constructor(code: ExecutorErrorCode, message: string, options?: Options) {
    super(message, options);
    this.code = code;
  }
}

// Names live on the prototypes: an own `name` would show up in every printed error and in `Object.keys`.
function named(type: { prototype: Error }, name: string): void {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/**
 * A task was cancelled and no reason was given; with a reason, the Future rejects with the reason itself.
 *
 * Tasks that are cancelled in the same turn may share one.
 */
export class CancelledError extends ExecutorError {
  constructor(message = 'The task was cancelled.', options?: Options) {
    super('ERR_CANCELLED', message, options);
  }
}

/**
 * A task exceeded a time limit. `name` is `'TimeoutError'`, as for `AbortSignal.timeout()`.
 *
 * `phase` says where the time went: `'queue'` if the task had not started, `'run'` if it had. `timeout` is the limit in ms.
 */
export class TaskTimeoutError extends ExecutorError {
  readonly phase: 'queue' | 'run';
  readonly timeout: number;

  constructor(message: string, details: { phase: 'queue' | 'run'; timeout: number }) {
    super('ERR_TASK_TIMEOUT', message);
    this.phase = details.phase;
    this.timeout = details.timeout;
  }
}

/** What is known of a worker's death; a field that nothing gave evidence for is `undefined`. */
export interface CrashDetails {
  readonly task?: AnyTask | undefined;
  readonly workerId: number;
  /** Whether the worker died while it imported the task's module, or in the task itself. */
  readonly during: 'import' | 'run';
  readonly exitCode?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  readonly outOfMemory?: boolean | undefined;
  /** The last output of a worker process on its stderr (at most 8 kB). */
  readonly stderr?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The worker died while it ran this task: it exited, was killed, ran out of memory or had an uncaught exception (then the `cause`).
 *
 * The task may have had effects, so it is never run again by itself. Other tasks are not affected.
 */
export class WorkerCrashedError extends ExecutorError {
  readonly task: AnyTask | undefined;
  readonly workerId: number;
  readonly during: 'import' | 'run';
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly outOfMemory: boolean | undefined;
  readonly stderr: string | undefined;

  constructor(message: string, details: CrashDetails) {
    super('ERR_WORKER_CRASHED', message, 'cause' in details ? { cause: details.cause } : undefined);
    this.task = details.task;
    this.workerId = details.workerId;
    this.during = details.during;
    this.exitCode = details.exitCode;
    this.signal = details.signal;
    this.outOfMemory = details.outOfMemory;
    this.stderr = details.stderr;
  }
}

/**
 * Workers could not start three times in a row: a broken initializer, bad `execArgv`, no memory; the last failure is the `cause`. Or there is
 * nothing to start: an adapter that is not installed, no default executor, a pool of the user's whose workers do not come up.
 */
export class WorkerStartError extends ExecutorError {
  constructor(message: string, options?: Options) {
    super('ERR_WORKER_START', message, options);
  }
}

/**
 * A task's module is missing, does not parse, throws on import or never finishes importing. What went wrong is the `cause`.
 * Or a worker host does not have it, or its import submits a task of its own.
 */
export class TaskModuleError extends ExecutorError {
  readonly module: string;

  constructor(message: string, details: { module: string; cause?: unknown }) {
    super('ERR_TASK_MODULE', message, details.cause === undefined ? undefined : { cause: details.cause });
    this.module = details.module;
  }
}

/** A task's module has no function export of that name; `exports` lists the function exports that it has. */
export class TaskNotFoundError extends ExecutorError {
  readonly module: string;
  readonly exports: readonly string[];

  constructor(message: string, details: { module: string; exports: readonly string[] }) {
    super('ERR_TASK_NOT_FOUND', message);
    this.module = details.module;
    this.exports = details.exports;
  }
}

/**
 * A value could not travel to or from the worker. `path` names the place, such as `args[1].onDone` or `result.stream`.
 *
 * With `side: 'argument'` the task never started. With `'result'` it has run: to its end, or, where the path begins with `item` or `value`, to the
 * item or report that cannot travel.
 */
export class NotCloneableError extends ExecutorError {
  readonly path: string;
  readonly side: 'argument' | 'result';

  constructor(message: string, details: { path: string; side: 'argument' | 'result'; cause?: unknown }) {
    super('ERR_NOT_CLONEABLE', message, details.cause === undefined ? undefined : { cause: details.cause });
    this.path = details.path;
    this.side = details.side;
  }
}

/** The executor was shut down before the task could run, or terminated while it did. */
export class ExecutorShutdownError extends ExecutorError {
  constructor(message: string, options?: Options) {
    super('ERR_EXECUTOR_SHUTDOWN', message, options);
  }
}

/** The queue holds `maxQueue` waiting tasks already; the task was not accepted. */
export class QueueFullError extends ExecutorError {
  readonly maxQueue: number;

  constructor(message: string, details: { maxQueue: number }) {
    super('ERR_QUEUE_FULL', message);
    this.maxQueue = details.maxQueue;
  }
}

/** An option that this backend and kind cannot honour; it is refused rather than ignored. `option` is its name. */
export class UnsupportedOptionError extends ExecutorError {
  readonly option: string;

  constructor(message: string, details: { option: string }) {
    super('ERR_UNSUPPORTED_OPTION', message);
    this.option = details.option;
  }
}

named(ExecutorError, 'ExecutorError');
named(CancelledError, 'CancelledError');
named(TaskTimeoutError, 'TimeoutError');
named(WorkerCrashedError, 'WorkerCrashedError');
named(WorkerStartError, 'WorkerStartError');
named(TaskModuleError, 'TaskModuleError');
named(TaskNotFoundError, 'TaskNotFoundError');
named(NotCloneableError, 'NotCloneableError');
named(ExecutorShutdownError, 'ExecutorShutdownError');
named(QueueFullError, 'QueueFullError');
named(UnsupportedOptionError, 'UnsupportedOptionError');
