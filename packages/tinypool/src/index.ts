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
import type { TinypoolExecutorOptions } from './options.js';

export { type FromTinypoolOptions, fromTinypool, type TinypoolInstance } from './from-tinypool.js';
export type { TinypoolExecutorOptions, TinypoolOptions } from './options.js';

const tinypoolChecks = {
  trackUnmanagedFds: optionChecks.boolean,
  terminateTimeout: optionChecks.duration,
  workerData: optionChecks.anything,
};

const tinypoolKinds = { trackUnmanagedFds: 'thread', workerData: 'thread' } as const;

/**
 * Makes an executor whose workers are tinypool's: threads by default, or child processes with `kind: 'process'`.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for one that the kind does not have.
 *
 * @example
 * ```ts
 * await using executor = createExecutor({ kind: 'process', maxWorkers: 4 });
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function createExecutor(options: TinypoolExecutorOptions = {}): Executor {
  checkOptionsObject('tinypool: createExecutor', options);
  const { tinypool = {}, ...common } = options;
  checkOptions('tinypool: createExecutor: tinypool', tinypool, tinypoolChecks);
  const kind = checkKind('tinypool', options.kind ?? 'thread', ['thread', 'process']);
  refuseOtherKind('tinypool', kind, tinypool, tinypoolKinds);
  const entry = workerFile('tinypool', options.workerEntry, import.meta.url);
  return createExecutorFrom((kind === 'thread' ? threadBackend : processBackend)(entry, tinypool), common);
}
