import type { MessagePort } from 'node:worker_threads';
import type { Executor, ExecutorOptions } from '@anypool/core';
import {
  type Backend,
  capabilities,
  createExecutorFrom,
  refuseOwnWorkers,
  SharedSlot,
  threadCall,
  workerFile,
} from '@anypool/core/backend';
import { PiscinaRun } from './from-piscina-run.js';

/**
 * What `fromPiscina()` uses of a Piscina; every Piscina is one.
 *
 * Written out here because a Piscina of another copy of piscina is one as well, which its own type does not say.
 */
export interface PiscinaInstance {
  run(task: unknown, options?: PiscinaRunOptions): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'workerDestroy', listener: () => void): unknown;
  off(event: 'workerDestroy', listener: () => void): unknown;
  readonly options: { readonly maxThreads: number };
  readonly threads: readonly object[];
  readonly completed: number;
}

interface PiscinaRunOptions {
  filename?: string;
  name?: string;
  transferList?: MessagePort[];
}

/** Options of `fromPiscina()`: those that do not decide about workers, which are the pool's. */
export interface FromPiscinaOptions
  extends Pick<ExecutorOptions, 'name' | 'maxWorkers' | 'maxQueue' | 'startTimeout' | 'errors' | 'workerEntry'> {}

const where = 'piscina: fromPiscina';

/**
 * Makes an executor over a Piscina that you have, and go on using: your own `pool.run()` and the executor's tasks share its threads.
 *
 * The pool stays yours. `shutdown()` ends the executor's own tasks and leaves the pool as it is; `pool.destroy()` rejects what the executor
 * still had there with `WorkerCrashedError`, and a pool that is being closed refuses further tasks with `CancelledError`. Whatever needs
 * workers of one's own is not to be had: see the capabilities, and the README.
 *
 * Throws TypeError or RangeError for what is no Piscina and for bad options, and `UnsupportedOptionError` for an option that decides about
 * workers.
 *
 * @example
 * ```ts
 * import { fromPiscina } from '@anypool/piscina';
 * import { Piscina } from 'piscina';
 *
 * const pool = new Piscina({ filename: new URL('./own-tasks.js', import.meta.url).href });
 * await using executor = fromPiscina(pool);
 * const [small, other] = await Promise.all([executor.submit(images.resize, picture, 100), pool.run({ n: 4 })]);
 * ```
 */
export function fromPiscina(pool: PiscinaInstance, options: FromPiscinaOptions = {}): Executor {
  checkPool(pool);
  const { workerEntry, ...common } = options;
  refuseOwnWorkers(where, common);
  const entry = workerFile('piscina', workerEntry, import.meta.url);
  // piscina 5.3 takes one and a half for each processor, and starts threads for as long as there are fewer than that.
  const maxWorkers = Math.ceil(pool.options.maxThreads);
  return createExecutorFrom(sharedBackend(pool, entry), { maxWorkers, ...common });
}

function checkPool(pool: PiscinaInstance): void {
  const isPool =
    typeof pool === 'object' &&
    pool !== null &&
    typeof pool.run === 'function' &&
    // Which a Tinypool does not have.
    typeof pool.close === 'function' &&
    Array.isArray(pool.threads);
  if (!isPool) throw new TypeError(`${where}: the first argument must be a Piscina.`);
}

function sharedBackend(pool: PiscinaInstance, entry: string): Backend {
  return {
    name: 'piscina',
    kind: 'thread',
    capabilities: capabilities({ sharedMemory: true }),
    shared: true,
    startWorker: (init, events) =>
      new SharedSlot(events, (call) => threadCall(call, init, new PiscinaRun(pool, entry))),
  };
}
