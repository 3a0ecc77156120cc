import { AsyncLocalStorage } from 'node:async_hooks';
import type { WorkerKind } from '../executor.js';
import { globalOnce } from '../global-registry.js';
import { isInsideWorker } from './worker-state.js';

/** What a running task can know of itself, and say. See {@link taskContext}. */
export interface TaskContext {
  /** Aborts when the task is cancelled, with the reason. For async code. */
  readonly signal: AbortSignal;
  /** Turns true when the task is cancelled, even while the task never yields: poll it in a synchronous loop. */
  readonly cancelled: boolean;
  /** The Future's id; in a map with a `chunkSize`, an id that the items of a call have in common. */
  readonly taskId: number;
  /** The executor's name. */
  readonly executor: string;
  readonly kind: WorkerKind;
  readonly workerId: number;
  /** Hands a value to the caller's `future.onProgress()`. Throws `NotCloneableError` for a value that cannot travel. */
  report(value: unknown): void;
}

/** Knows, by the async context, which task some code belongs to, even after the task has ended. */
export const taskContexts: AsyncLocalStorage<TaskContext> = globalOnce(
  'anypool.task-context/v1',
  () => new AsyncLocalStorage<TaskContext>(),
);

/** That of code which belongs to no task. */
export const outside: TaskContext = Object.freeze({
  get signal() {
    return new AbortController().signal;
  },
  cancelled: false,
  taskId: 0,
  executor: '',
  kind: 'inline',
  workerId: 0,
  report() {},
});

/** Whether this code is an inline executor's. A thread that serves calls is known otherwise, see {@link isInsideWorker}. */
export function isInsideInline(): boolean {
  const context = taskContexts.getStore();
  return context !== undefined && (context.kind === 'inline' || !isInsideWorker());
}

/**
 * The context of the task that calls it, for the task's own use: whether it was cancelled, and a way to report progress.
 *
 * Outside a task it gives one that is never cancelled and reports to nobody, so that a task module can be used, and tested, without a pool.
 * That of an `initializer` or a `finalizer` is such a one, and tells the executor's name, the kind and the worker.
 *
 * @example
 * ```ts
 * import { taskContext } from '@anypool/core/task';
 *
 * export function search(limit: number): number | undefined {
 *   const context = taskContext();
 *   for (let n = 0; n < limit && !context.cancelled; n += 1) if (isWanted(n)) return n;
 *   return undefined;
 * }
 * ```
 */
export function taskContext(): TaskContext {
  return taskContexts.getStore() ?? outside;
}
