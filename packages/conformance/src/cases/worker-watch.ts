import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { childEnd, isThere } from './process-end.js';

/** One worker of an executor, as a fixture task leaves it in a trace: `pid/threadId`. */
export type WorkerMark = string;

/**
 * Knows the raw threads that are started while it is there, so that a case can end a worker from outside, whichever library it is of:
 * a process by SIGKILL, a thread by `terminate()`.
 */
export class WorkerWatch implements Disposable {
  readonly #threads = new Map<number, Worker>();
  readonly #ends = new Map<Worker, Promise<unknown>>();
  readonly #listener = (worker: Worker): void => {
    this.#threads.set(worker.threadId, worker);
    this.#ends.set(worker, once(worker, 'exit'));
  };

  constructor() {
    process.on('worker', this.#listener);
  }

  /** Kills the worker at once. One that is gone already is left alone. */
  kill(mark: WorkerMark): void {
    const [pid, thread] = placeOf(mark);
    if (pid === process.pid) void this.#threads.get(thread)?.terminate();
    else if (isThere(pid)) process.kill(pid, 'SIGKILL');
  }

  /** Resolves when this process has heard of the worker's end. */
  async gone(mark: WorkerMark): Promise<void> {
    const [pid, thread] = placeOf(mark);
    if (pid !== process.pid) return childEnd(pid);
    const worker = this.#threads.get(thread);
    if (worker !== undefined) await this.#ends.get(worker);
  }

  /** Whether the worker has not ended. */
  isThere(mark: WorkerMark): boolean {
    const [pid, thread] = placeOf(mark);
    return pid === process.pid ? this.#threads.get(thread)?.threadId !== -1 : isThere(pid);
  }

  [Symbol.dispose](): void {
    process.off('worker', this.#listener);
  }
}

function placeOf(mark: WorkerMark): [pid: number, threadId: number] {
  const [pid = 0, thread = 0] = mark.split('/').map(Number);
  return [pid, thread];
}
