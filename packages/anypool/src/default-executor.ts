import { defaultMaxWorkers, type Executor } from '@anypool/core';
import { createExecutor } from '@anypool/tinypool';

const kinds = ['thread', 'process'] as const;

/**
 * Makes the default executor: tinypool's threads, or what `spec` says, such as `tinypool:process`.
 *
 * Throws RangeError for a spec that names no backend there is.
 */
export function defaultExecutor(spec = 'tinypool:thread'): Executor {
  const [backend, word = 'thread'] = spec.split(':');
  const kind = kinds.find((one) => one === word);
  if (backend !== 'tinypool' || kind === undefined) {
    throw new RangeError(
      `ANYPOOL_BACKEND is '${spec}'; it can be tinypool, tinypool:thread, tinypool:process or inline.`,
    );
  }
  return createExecutor({ kind, name: `default:${spec}`, maxWorkers: defaultMaxWorkers() });
}
