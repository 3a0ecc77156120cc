import type { MessagePort } from 'node:worker_threads';
import { type Executor, type ExecutorOptions, UnsupportedOptionError } from '@anypool/core';
import {
  type Backend,
  type Call,
  capabilities,
  createExecutorFrom,
  refuseOwnWorkers,
  SharedSlot,
  threadCall,
  type WorkerInit,
  workerFile,
} from '@anypool/core/backend';
import { TinypoolRun } from './from-tinypool-call.js';
import { processCall } from './from-tinypool-process.js';

/**
 * What `fromTinypool()` uses of a Tinypool; every Tinypool is one.
 *
 * Written out here because tinypool's own types need those of the DOM.
 */
export interface TinypoolInstance {
  run(task: unknown, options?: TinypoolRunOptions): Promise<unknown>;
  readonly options: {
    readonly runtime: 'worker_threads' | 'child_process';
    readonly maxThreads: number;
    readonly maxQueue: number;
    readonly concurrentTasksPerWorker: number;
    readonly serialization?: string | undefined;
  };
  readonly threads: readonly object[];
  readonly completed: number;
}

interface TinypoolRunOptions {
  filename?: string;
  name?: string;
  transferList?: MessagePort[];
  channel?: object;
}

/** Options of `fromTinypool()`: those that do not decide about workers, which are the pool's. */
export interface FromTinypoolOptions
  extends Pick<ExecutorOptions, 'name' | 'maxWorkers' | 'maxQueue' | 'startTimeout' | 'errors' | 'workerEntry'> {}

type Runtime = TinypoolInstance['options']['runtime'];

const where = 'tinypool: fromTinypool';

/**
 * Makes an executor over a Tinypool that you have, and go on using: your own `pool.run()` and the executor's tasks share its workers.
 *
 * The pool stays yours. `shutdown()` ends the executor's own tasks and leaves the pool as it is; `pool.destroy()` rejects what the executor
 * still had there with `WorkerCrashedError`. Whatever needs workers of one's own is not to be had: see the capabilities, and the README.
 *
 * Throws TypeError or RangeError for what is no Tinypool and for bad options, `UnsupportedOptionError` for an option that decides about
 * workers, and for a pool of processes that run several tasks at a time.
 *
 * @example
 * ```ts
 * import { fromTinypool } from '@anypool/tinypool';
 * import { Tinypool } from 'tinypool';
 *
 * const pool = new Tinypool({ filename: new URL('./own-tasks.js', import.meta.url).href });
 * await using executor = fromTinypool(pool);
 * const [small, other] = await Promise.all([executor.submit(images.resize, picture, 100), pool.run({ n: 4 })]);
 * ```
 */
export function fromTinypool(pool: TinypoolInstance, options: FromTinypoolOptions = {}): Executor {
  checkPool(pool);
  const { workerEntry, ...common } = options;
  refuseOwnWorkers(where, common);
  const { runtime, maxThreads, concurrentTasksPerWorker } = pool.options;
  if (runtime === 'child_process' && concurrentTasksPerWorker > 1) {
    throw new UnsupportedOptionError(
      `${where}: a pool of processes with concurrentTasksPerWorker ${concurrentTasksPerWorker} is not supported: tinypool gives a process's messages to the task that came last. Use 1, or threads.`,
      { option: 'concurrentTasksPerWorker' },
    );
  }
  const entry = workerFile('tinypool', workerEntry, import.meta.url);
  return createExecutorFrom(sharedBackend(pool, runtime, entry), { maxWorkers: maxThreads, ...common });
}

function checkPool(pool: TinypoolInstance): void {
  const isPool =
    typeof pool === 'object' && pool !== null && typeof pool.run === 'function' && Array.isArray(pool.threads);
  if (!isPool) throw new TypeError(`${where}: the first argument must be a Tinypool.`);
}

function sharedBackend(pool: TinypoolInstance, runtime: Runtime, entry: string): Backend {
  const isThread = runtime === 'worker_threads';
  const open = (call: Call, init: WorkerInit) => {
    const { runtime: current, serialization } = pool.options;
    if (current !== runtime) throw new Error("The pool's runtime has been changed (recycleWorkers).");
    return isThread
      ? threadCall(call, init, new TinypoolRun(pool, entry))
      : processCall(call, init, pool, entry, serialization !== 'advanced');
  };
  return {
    name: 'tinypool',
    kind: isThread ? 'thread' : 'process',
    capabilities: capabilities({ sharedMemory: isThread }),
    shared: true,
    startWorker: (init, events) => new SharedSlot(events, (call) => open(call, init)),
  };
}
