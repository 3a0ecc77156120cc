import type { CallTarget } from '../backend-types.js';
import { findFunction, importModule } from './load-module.js';
import { outside, taskContexts } from './task-context.js';
import type { WorkerIdentity } from './worker-state.js';

/** Runs an initializer or a finalizer in the worker. Rejects with what it throws. */
export async function runHook(target: CallTarget | undefined, worker: WorkerIdentity): Promise<void> {
  if (target === undefined) return;
  const { module, name, args } = target;
  const { executor, kind, workerId } = worker;
  // No task's, but it is known where it runs.
  const context = Object.freeze({ ...outside, executor, kind, workerId });
  await taskContexts.run(context, async () => {
    await importModule(module);
    await findFunction({ module, name })(...args);
  });
}
