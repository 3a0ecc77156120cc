import type { ExecutorOptions } from '@anypool/core';

/**
 * Node's own options for threads and processes, handed on as they are. Left out are those that the executor decides: which file a worker
 * runs, how messages and output travel, and what `ExecutorOptions` has under a name of its own.
 */
export interface NativeOptions {
  /** For `kind: 'thread'`, as `new Worker()` takes them. */
  readonly worker?: NativeThreadOptions | undefined;
  /** For `kind: 'process'`, as `child_process.fork()` takes them. */
  readonly fork?: NativeForkOptions | undefined;
}

/** See {@link NativeOptions.worker}. */
export interface NativeThreadOptions {
  /** Given to the threads as `workerData` of `node:worker_threads`. */
  readonly workerData?: unknown;
  /** Whether files that a task left open are closed with its thread. Default true. */
  readonly trackUnmanagedFds?: boolean | undefined;
  /** The threads' name in inspectors and in `ps`. */
  readonly name?: string | undefined;
}

/** See {@link NativeOptions.fork}. */
export interface NativeForkOptions {
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
}

/** Options of `createExecutor()`. */
export interface NativeExecutorOptions extends ExecutorOptions<'thread' | 'process'> {
  readonly native?: NativeOptions | undefined;
}
