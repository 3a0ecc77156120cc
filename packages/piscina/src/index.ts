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
import type { PiscinaExecutorOptions } from './options.js';

export { type FromPiscinaOptions, fromPiscina, type PiscinaInstance } from './from-piscina.js';
export type { PiscinaExecutorOptions, PiscinaOptions } from './options.js';

const piscinaChecks = {
  niceIncrement: optionChecks.nonNegativeInteger,
  trackUnmanagedFds: optionChecks.boolean,
  workerData: optionChecks.anything,
};

/**
 * Makes an executor whose workers are piscina's threads.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for `kind: 'process'`, which piscina does not have.
 *
 * @example
 * ```ts
 * await using executor = createExecutor({ maxWorkers: 4 });
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function createExecutor(options: PiscinaExecutorOptions = {}): Executor {
  checkOptionsObject('piscina: createExecutor', options);
  const { piscina = {}, ...common } = options;
  checkOptions('piscina: createExecutor: piscina', piscina, piscinaChecks);
  checkKind('piscina', options.kind ?? 'thread', ['thread']);
  const entry = workerFile('piscina', options.workerEntry, import.meta.url);
  return createExecutorFrom(threadBackend(entry, piscina), common);
}
