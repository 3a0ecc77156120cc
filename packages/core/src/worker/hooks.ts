import type { CallTarget } from '../backend-types.js';
import { findFunction, importModule } from './load-module.js';

/** Runs an initializer or a finalizer in the worker. Rejects with what it throws. */
export async function runHook(target: CallTarget | undefined): Promise<void> {
  if (target === undefined) return;
  const { module, name, args } = target;
  await importModule(module);
  await findFunction({ module, name })(...args);
}
