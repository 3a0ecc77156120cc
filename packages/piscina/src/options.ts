import type { ExecutorOptions } from '@anypool/core';

/**
 * piscina's own options, handed to `new Piscina()` as they are. Left out are those that the executor decides: which file a worker runs,
 * how many there are and for how long, how they are waited for, and what `ExecutorOptions` has under a name of its own.
 */
export interface PiscinaOptions {
  /** How much lower the priority of the threads is, by `nice()`; needs the optional package `@napi-rs/nice`. Default 0. */
  readonly niceIncrement?: number | undefined;
  /** Whether files that a task left open are closed with its thread. Default true. */
  readonly trackUnmanagedFds?: boolean | undefined;
  /** Given to the workers as `Piscina.workerData`. */
  readonly workerData?: unknown;
}

/** Options of `createExecutor()`. */
export interface PiscinaExecutorOptions extends ExecutorOptions<'thread'> {
  readonly piscina?: PiscinaOptions | undefined;
}
