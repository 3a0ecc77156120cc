import { defaultMaxWorkers, type Executor, inlineExecutor, WorkerStartError } from '@anypool/core';
import type { Adapter, KnownBackend } from './backends.js';
import { loadingFailure } from './loading-failure.js';
import { chosenBackend } from './specification.js';

/**
 * Makes the default executor: Node's own threads, or what `spec` says, such as `workerpool:process`.
 *
 * Throws as `openExecutor()` rejects, and `WorkerStartError` for one that cannot be made without options.
 */
export function defaultExecutor(spec = 'native:thread'): Executor {
  const chosen = chosenBackend('ANYPOOL_BACKEND', spec, undefined);
  const common = { name: `default:${spec}`, maxWorkers: defaultMaxWorkers() };
  if (chosen.backend === 'inline') return inlineExecutor(common);
  if (chosen.kind === 'remote') {
    throw new WorkerStartError(
      `ANYPOOL_BACKEND is '${spec}', whose executors need to be told where their queue is: setDefaultExecutor(await openExecutor('${spec}', { connection, queue })).`,
    );
  }
  return loadSync(chosen.backend).createExecutor({ ...common, kind: chosen.kind });
}

function loadSync(backend: KnownBackend): Adapter {
  try {
    return backend.loadSync();
  } catch (error) {
    throw loadingFailure(backend, error);
  }
}
