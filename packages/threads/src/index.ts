import type { Executor } from '@anypool/core';
import {
  checkKind,
  checkOptions,
  checkOptionsObject,
  createExecutorFrom,
  optionChecks,
  workerFile,
} from '@anypool/core/backend';
import { threadBackend } from './backend.js';
import type { ThreadsExecutorOptions } from './options.js';

export type { ThreadsExecutorOptions, ThreadsOptions } from './options.js';

const threadsChecks = {
  trackUnmanagedFds: optionChecks.boolean,
  workerData: optionChecks.anything,
};

/**
 * Makes an executor whose workers are threads that threads.js has spawned.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for `kind: 'process'`, which threads.js does not have.
 *
 * @example
 * ```ts
 * await using executor = createExecutor({ maxWorkers: 4 });
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function createExecutor(options: ThreadsExecutorOptions = {}): Executor {
  checkOptionsObject('threads: createExecutor', options);
  const { threads = {}, ...common } = options;
  checkOptions('threads: createExecutor: threads', threads, threadsChecks);
  checkKind('threads', options.kind ?? 'thread', ['thread']);
  const entry = workerFile('threads', options.workerEntry, import.meta.url);
  return createExecutorFrom(threadBackend(entry, threads), common);
}
