import type { WorkerKind } from '../executor.js';
import { globalOnce } from '../global-registry.js';
import type { Carrier } from '../values/inspect.js';

/** What `serve()` knows of the worker that it runs in. */
export interface WorkerIdentity {
  readonly executor: string;
  readonly kind: WorkerKind;
  readonly workerId: number;
  readonly carrier: Carrier;
  /** Per cell, the id of the cancelled call. */
  readonly cells: Int32Array | undefined;
}

const inside = globalOnce('anypool.inside-worker/v1', () => ({ worker: false }));

/** Marks this thread as a worker of ours; see {@link isInsideWorker}. */
export function enterWorker(): void {
  inside.worker = true;
}

/** Whether this code runs in a worker of ours, where the default executor is inline (D7). Another's Worker thread is none. */
export function isInsideWorker(): boolean {
  return inside.worker;
}
