import type { WorkerKind } from '../executor.js';
import { globalOnce } from '../global-registry.js';
import type { Carrier } from '../values/carrier.js';

/** What `serve()` knows of the worker that it runs in. */
export interface WorkerIdentity {
  readonly executor: string;
  readonly kind: WorkerKind;
  readonly workerId: number;
  readonly carrier: Carrier;
  /** Per cell, the id of the cancelled call. */
  readonly cells: Int32Array | undefined;
}

// Of all copies of this package: a task's module submits through another copy than the one that serves its worker.
const inside = globalOnce('anypool.inside-worker/v1', () => ({ worker: false, importing: new Set<string>() }));

/** Marks this thread as a worker of ours; see {@link isInsideWorker}. */
export function enterWorker(): void {
  inside.worker = true;
}

/** Whether this code runs in a worker of ours, where the default executor is inline (D7). Another's Worker thread is none. */
export function isInsideWorker(): boolean {
  return inside.worker;
}

/** Says that a module is being imported for one of its tasks. */
export function beginImport(module: string): void {
  inside.importing.add(module);
}

/** Says that it is no more. */
export function endImport(module: string): void {
  inside.importing.delete(module);
}

/** Whether this is a worker of ours that is importing the module. */
export function isImportingHere(module: string): boolean {
  return inside.worker && inside.importing.has(module);
}
