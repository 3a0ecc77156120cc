import type { ExecutorOptions } from '@anypool/core';

/**
 * threads.js' own options, which its Worker hands to Node's as they are. Left out are those that the executor decides: the limit of a
 * start, how many workers there are and how many tasks each runs, and what `ExecutorOptions` has under a name of its own.
 *
 * Written out here because threads.js' own types are not found under nodenext.
 */
export interface ThreadsOptions {
  /** Whether files that a task left open are closed with its thread. Default true. */
  readonly trackUnmanagedFds?: boolean | undefined;
  /** Given to the workers as `workerData` of `node:worker_threads`. */
  readonly workerData?: unknown;
}

/** Options of `createExecutor()`. */
export interface ThreadsExecutorOptions extends ExecutorOptions<'thread'> {
  readonly threads?: ThreadsOptions | undefined;
}
