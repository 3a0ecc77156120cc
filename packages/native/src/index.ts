import type { Executor } from '@anypool/core';
import {
  checkKind,
  checkOptions,
  checkOptionsObject,
  createExecutorFrom,
  optionChecks,
  refuseOtherKind,
  workerFile,
} from '@anypool/core/backend';
import { processBackend, threadBackend } from './backend.js';
import type { NativeExecutorOptions } from './options.js';

export type { NativeExecutorOptions, NativeOptions } from './options.js';

const nativeChecks = { worker: optionChecks.record, fork: optionChecks.record };

const workerChecks = {
  workerData: optionChecks.anything,
  trackUnmanagedFds: optionChecks.boolean,
  name: optionChecks.text,
};

const forkChecks = {
  cwd: optionChecks.location,
  detached: optionChecks.boolean,
  execPath: optionChecks.text,
  uid: optionChecks.nonNegativeInteger,
  gid: optionChecks.nonNegativeInteger,
};

const nativeKinds = { worker: 'thread', fork: 'process' } as const;

/**
 * Makes an executor with no library beneath: its workers are Node's own threads by default, or child processes with `kind: 'process'`.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for one that the kind does not have.
 *
 * @example
 * ```ts
 * await using executor = createExecutor({ maxWorkers: 4 });
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function createExecutor(options: NativeExecutorOptions = {}): Executor {
  checkOptionsObject('native: createExecutor', options);
  const { native = {}, ...common } = options;
  checkOptions('native: createExecutor: native', native, nativeChecks);
  const { worker = {}, fork = {} } = native;
  checkOptions('native: createExecutor: native.worker', worker, workerChecks);
  checkOptions('native: createExecutor: native.fork', fork, forkChecks);
  const kind = checkKind('native', options.kind ?? 'thread', ['thread', 'process']);
  refuseOtherKind('native', kind, native, nativeKinds);
  const entry = workerFile('native', options.workerEntry, import.meta.url);
  return createExecutorFrom(kind === 'thread' ? threadBackend(entry, worker) : processBackend(entry, fork), common);
}
