import { type Executor, type ExecutorOptions, inlineExecutor } from '@anypool/core';
import { optionChecks } from '@anypool/core/backend';
import type { Adapter, KnownBackend } from './backends.js';
import { loadingFailure } from './loading-failure.js';
import { chosenBackend } from './specification.js';

/**
 * Options of a remote executor: those of its package, whose types are not needed by who does not use it. `createExecutor()` of
 * `@anypool/bullmq` says what there is.
 */
export interface RemoteExecutorOptions {
  /** Where Redis is: a URL, or the options of ioredis. */
  readonly connection: unknown;
  /** The queue that executor and worker hosts share. */
  readonly queue: string;
  readonly [option: string]: unknown;
}

/** Opens an executor whose tasks run on worker hosts, see `@anypool/bullmq`. Rejects as the other. */
export function openExecutor(spec: 'bullmq' | 'bullmq:remote', options: RemoteExecutorOptions): Promise<Executor>;
/**
 * Opens an executor by name: `'native'`, `'workerpool:process'`, `'threads'`, `'inline'`. Without a name it is what the environment
 * variable `ANYPOOL_BACKEND` says, else `native:thread`. It is the caller's own, to be shut down by the caller; the options are those
 * that all executors have, and the same as of `createExecutor()`.
 *
 * Rejects with `WorkerStartError` (`ERR_WORKER_START`) if the adapter is not installed, with the command that installs it and the import's
 * error as `cause`, or if it does not load; with RangeError for a name that there is not; with `UnsupportedOptionError` for a kind or an
 * option that the backend does not have; with TypeError if name and `kind` contradict each other; with TypeError or RangeError for other bad
 * options.
 *
 * @example
 * ```ts
 * import { openExecutor, tasksFrom } from 'anypool';
 *
 * const zlib = tasksFrom<{ gzipSync(data: string): Uint8Array }>('node:zlib');
 *
 * await using executor = await openExecutor('native:process', { maxWorkers: 4 });
 * const packed = await executor.submit(zlib.gzipSync, 'some text');
 * ```
 */
export function openExecutor(spec?: string, options?: ExecutorOptions): Promise<Executor>;
export async function openExecutor(
  spec?: string,
  options: ExecutorOptions | (RemoteExecutorOptions & { readonly kind?: undefined }) = {},
): Promise<Executor> {
  if (spec !== undefined && typeof spec !== 'string')
    throw new TypeError(
      `openExecutor: spec must be a string such as 'tinypool:thread', got ${optionChecks.shown(spec)}.`,
    );
  optionChecks.checkValue('openExecutor', 'options', options, optionChecks.record);
  const fromEnvironment = spec === undefined && process.env['ANYPOOL_BACKEND'];
  const chosen = fromEnvironment
    ? chosenBackend('ANYPOOL_BACKEND', fromEnvironment, options.kind)
    : chosenBackend('openExecutor: spec', spec ?? 'native', options.kind);
  if (chosen.backend === 'inline') {
    // Options that inline workers do not have are refused by it.
    return inlineExecutor({ ...options, kind: 'inline' });
  }
  const adapter = await load(chosen.backend);
  return adapter.createExecutor({ ...options, kind: chosen.kind });
}

async function load(backend: KnownBackend): Promise<Adapter> {
  try {
    // As the default executor loads it: Node 24 refuses to require what is still being imported, and a run() may come meanwhile.
    return backend.loadSync();
  } catch {
    // Bundled, it is not there to be required. Otherwise import() fails as well, and knows best why.
  }
  try {
    return await backend.load();
  } catch (error) {
    throw loadingFailure(backend, error);
  }
}
