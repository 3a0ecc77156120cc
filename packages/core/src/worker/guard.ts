import { Worker } from 'node:worker_threads';
import { cellsPerWorker } from '../cells.js';

/**
 * Starts the guard of a worker process: a thread that works on while the process's main thread is in an endless loop. It ends the
 * process when the parent is gone (W11), and writes the ids of cancelled calls where a synchronous task sees them (C2).
 *
 * Returns the memory that it writes to.
 */
export function startGuard(fd: number): SharedArrayBuffer {
  const cells = new SharedArrayBuffer(cellsPerWorker * Int32Array.BYTES_PER_ELEMENT);
  // Neither the environment nor the Node options of the worker concern the guard: a preloaded module would run in it, too.
  const guard = new Worker(new URL('./guard-thread.js', import.meta.url), {
    workerData: { fd, cells },
    execArgv: [],
    env: {},
    stdin: false,
  });
  guard.unref();
  return cells;
}
