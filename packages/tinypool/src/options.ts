import type { ExecutorOptions } from '@anypool/core';

/**
 * tinypool's own options, handed to `new Tinypool()` as they are. Left out are those that the executor decides: which file a worker
 * runs, how many there are and for how long, and what `ExecutorOptions` has under a name of its own.
 *
 * Written out here because tinypool's own types need those of the DOM.
 */
export interface TinypoolOptions {
  /** Whether files that a task left open are closed with its thread. Threads only. Default true. */
  readonly trackUnmanagedFds?: boolean | undefined;
  /** ms that tinypool gives a worker to end before it reports a failure. Default: no limit. */
  readonly terminateTimeout?: number | undefined;
  /** Given to the workers as `Tinypool.workerData`. Threads only. */
  readonly workerData?: unknown;
}

/** Options of `createExecutor()`. */
export interface TinypoolExecutorOptions extends ExecutorOptions<'thread' | 'process'> {
  readonly tinypool?: TinypoolOptions | undefined;
}
