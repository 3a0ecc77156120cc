import type { Executor, ExecutorOptions } from '@anypool/core';
import { checkKind, createExecutorFrom, workerFile } from '@anypool/core/backend';
import { threadBackend } from './backend.js';

/**
 * Makes an executor whose workers are bare threads.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for a kind other than `'thread'`.
 */
export function createExecutor(options: ExecutorOptions<'thread'> = {}): Executor {
  checkKind('bare-threads', options.kind ?? 'thread', ['thread']);
  const entry = workerFile('bare-threads', options.workerEntry, import.meta.url, 'anypool-bare-threads');
  return createExecutorFrom(threadBackend(entry), options);
}
