import type { ExecutorOptions } from '@anypool/core';

/**
 * workerpool's own options, handed to `workerpool.pool()`. Left out are those that the executor decides: which file a worker runs, how
 * many there are and for how long, how messages and output travel, and what `ExecutorOptions` has under a name of its own.
 *
 * Written out here because workerpool's own types need those of the DOM.
 */
export interface WorkerpoolOptions {
  /** For `kind: 'process'`, as `child_process.fork()` takes them. */
  readonly forkOpts?: WorkerpoolForkOptions | undefined;
  /** For `kind: 'thread'`, as `new Worker()` takes them. */
  readonly workerThreadOpts?: WorkerpoolThreadOptions | undefined;
  /** The first port for the inspectors of worker processes, which are on where the caller's is. Processes only. Default 43210. */
  readonly debugPortStart?: number | undefined;
}

/** See {@link WorkerpoolOptions.forkOpts}. */
export interface WorkerpoolForkOptions {
  /** The folder that the processes are in. Default: the caller's. */
  readonly cwd?: string | URL | undefined;
  /** Whether each process leads a process group of its own, which a Ctrl-C in the terminal does not reach. Default false. */
  readonly detached?: boolean | undefined;
  /** The executable that runs the workers. Default: `process.execPath`. */
  readonly execPath?: string | undefined;
  /** The user that the processes run as. POSIX only. */
  readonly uid?: number | undefined;
  /** The group that the processes run as. POSIX only. */
  readonly gid?: number | undefined;
  /** Whether arguments are left without quotes and escapes. Windows only. Default false. */
  readonly windowsVerbatimArguments?: boolean | undefined;
}

/** See {@link WorkerpoolOptions.workerThreadOpts}. */
export interface WorkerpoolThreadOptions {
  /** Given to the threads as `workerData` of `node:worker_threads`. */
  readonly workerData?: unknown;
  /** Whether files that a task left open are closed with its thread. Default true. */
  readonly trackUnmanagedFds?: boolean | undefined;
  /** The threads' name in inspectors and in `ps`. */
  readonly name?: string | undefined;
}

/** Options of `createExecutor()`. */
export interface WorkerpoolExecutorOptions extends ExecutorOptions<'thread' | 'process'> {
  readonly workerpool?: WorkerpoolOptions | undefined;
}
