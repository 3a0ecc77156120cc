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
import type { WorkerpoolExecutorOptions } from './options.js';

export type { WorkerpoolExecutorOptions, WorkerpoolOptions } from './options.js';

const workerpoolChecks = {
  forkOpts: optionChecks.record,
  workerThreadOpts: optionChecks.record,
  debugPortStart: optionChecks.positiveInteger,
};

const forkChecks = {
  cwd: optionChecks.anything,
  detached: optionChecks.boolean,
  execPath: optionChecks.text,
  uid: optionChecks.nonNegativeInteger,
  gid: optionChecks.nonNegativeInteger,
  windowsVerbatimArguments: optionChecks.boolean,
};

const threadChecks = {
  workerData: optionChecks.anything,
  trackUnmanagedFds: optionChecks.boolean,
  name: optionChecks.text,
};

const workerpoolKinds = { forkOpts: 'process', workerThreadOpts: 'thread', debugPortStart: 'process' } as const;

/**
 * Makes an executor whose workers are workerpool's: threads by default, or child processes with `kind: 'process'`.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for one that the kind does not have.
 *
 * @example
 * ```ts
 * await using executor = createExecutor({ kind: 'process', maxWorkers: 4 });
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function createExecutor(options: WorkerpoolExecutorOptions = {}): Executor {
  checkOptionsObject('workerpool: createExecutor', options);
  const { workerpool = {}, ...common } = options;
  checkOptions('workerpool: createExecutor: workerpool', workerpool, workerpoolChecks);
  checkOptions('workerpool: createExecutor: workerpool.forkOpts', workerpool.forkOpts ?? {}, forkChecks);
  checkOptions(
    'workerpool: createExecutor: workerpool.workerThreadOpts',
    workerpool.workerThreadOpts ?? {},
    threadChecks,
  );
  const kind = checkKind('workerpool', options.kind ?? 'thread', ['thread', 'process']);
  refuseOtherKind('workerpool', kind, workerpool, workerpoolKinds);
  const entry = workerFile('workerpool', options.workerEntry, import.meta.url);
  return createExecutorFrom((kind === 'thread' ? threadBackend : processBackend)(entry, workerpool), common);
}
