/**
 * What an executor can do beyond the core of the contract. Frozen data, declared by the backend, never detected.
 *
 * An option that needs a capability which is false is refused with `UnsupportedOptionError`, never ignored.
 */
export interface Capabilities {
  /** Whether values can be moved instead of copied. Default false. If false, everything is copied. */
  readonly transfer: boolean;
  /** Whether a SharedArrayBuffer arrives as the same memory. Default false. If false, one rejects with `NotCloneableError`. */
  readonly sharedMemory: boolean;
  /**
   * Whether a running task can be stopped by force.
   *
   * Default false. If false, cancelling rejects the Future at once, but the task runs on and keeps its slot until it ends.
   */
  readonly terminate: boolean;
  /** Whether a task can give its items one by one. Default false. If false, a task has one result. */
  readonly stream: boolean;
  /** Whether `maxTasksPerWorker` is honoured. Default false. If false, the option is refused. */
  readonly recycle: boolean;
  /** Whether `resourceLimits` is honoured. Default false. If false, the option is refused. */
  readonly resourceLimits: boolean;
  /**
   * Whether a worker is a world of its own: a dying task takes only its worker with it, and environment and arguments are per worker.
   *
   * Default false. If false, a task that calls `process.exit()` ends what is not the executor's own: an inline one the caller, one over
   * somebody else's pool a worker of that, and a remote one a worker of its host.
   */
  readonly isolation: boolean;
}

/** Fills in the capabilities that are not named with false, and freezes them. */
export function capabilities(declared: Partial<Capabilities>): Capabilities {
  return Object.freeze({
    transfer: false,
    sharedMemory: false,
    terminate: false,
    stream: false,
    recycle: false,
    resourceLimits: false,
    isolation: false,
    ...declared,
  });
}
