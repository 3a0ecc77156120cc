import type { Task } from './tasks.js';

/** Where a task is. It only ever moves forward: queued, running, then one final state; or from queued to `cancelled` or `rejected`. */
export type FutureState = 'queued' | 'running' | 'fulfilled' | 'rejected' | 'cancelled';

/**
 * The promise of a task's result. A real `Promise`; `.then()` and the like give plain promises.
 *
 * It always settles: with the result, with what the task threw, or with an `ExecutorError` that says what became of the task.
 */
export interface Future<T> extends Promise<T> {
  /** Unique within the executor. */
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are spent; only the result matters here.
  readonly task: Task<any, T>;
  readonly state: FutureState;

  /**
   * Cancels the task. The Future rejects at once with `reason` itself, or with a `CancelledError` if it is undefined. A queued task
   * never starts; a running one sees it in its `taskContext()`, and is stopped by force after `cancelGrace` ms where the executor can.
   * Returns false, and changes nothing, if the Future is settled already.
   */
  cancel(reason?: unknown): boolean;

  /**
   * Calls `listener` with each value that the task hands to `taskContext().report()` from now on, in order, all of them before the result;
   * earlier ones are gone. A listener that throws disturbs neither the task nor other listeners. Throws a TypeError for what is no function.
   */
  onProgress(listener: (value: unknown) => void): this;
}
