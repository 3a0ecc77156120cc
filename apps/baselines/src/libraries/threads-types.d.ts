// threads.js 1.7 has types that do not resolve under nodenext; these are those that the baseline needs.
declare module 'threads' {
  import type { Transferable, WorkerOptions } from 'node:worker_threads';

  export interface Thread {
    run(call: unknown): Promise<unknown>;
  }
  export interface QueuedTask extends PromiseLike<unknown> {
    cancel(): void;
  }
  export class Worker {
    constructor(path: string, options?: WorkerOptions);
  }
  export function spawn(worker: Worker): Promise<Thread>;
  export function Transfer(payload: unknown, transferables: Transferable[]): unknown;
  export function Pool(
    spawnWorker: () => Promise<Thread>,
    options: { size?: number; maxQueuedJobs?: number },
  ): {
    queue(task: (thread: Thread) => Promise<unknown>): QueuedTask;
    settled(allowResolvingImmediately: boolean): Promise<Error[]>;
    terminate(force?: boolean): Promise<void>;
  };
}

declare module 'threads/worker' {
  import type { Transferable } from 'node:worker_threads';

  export function expose(tasks: object): void;
  export function Transfer(payload: unknown, transferables: Transferable[]): unknown;
}
