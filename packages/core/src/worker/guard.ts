import { types } from 'node:util';
import { Worker } from 'node:worker_threads';
import { cancelCell, cellsPerWorker } from '../cells.js';

// What the guard runs. A text and not a file of its own, which a bundler would leave behind: a worker entry that was bundled is one file.
//
// A Socket, not a blocking read: a thread inside one could not be ended, and the process could not exit. At the parent's end the main
// thread may leave by itself, with its 'exit' handlers run, and is given 200 ms to; one that is blocked will not.
const script = `
const { Socket } = require('node:net');
const { fd, cells, cancelCell } = require('node:worker_threads').workerData;
const cancelled = new Int32Array(cells);
const parent = new Socket({ fd, readable: true, writable: false });
let rest = Buffer.alloc(0);
parent.on('data', (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  const whole = rest.length - (rest.length % 4);
  if (whole >= 4) Atomics.store(cancelled, cancelCell, rest.readInt32LE(whole - 4));
  rest = rest.subarray(whole);
});
parent.on('error', end);
parent.on('end', end);
function end() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.kill(process.pid, 'SIGKILL');
}
`;

/** The guard of a worker process. */
export interface Guard {
  readonly cells: SharedArrayBuffer;
  readonly failure?: unknown;
}

/**
 * Starts the guard of a worker process: a thread that works on while the process's main thread is in an endless loop. It ends the
 * process when the parent is gone (W11), and writes the ids of cancelled calls where a synchronous task sees them (C2).
 *
 * Returns the memory that it writes to, and why it could not be started, if so.
 */
export function startGuard(fd: number): Guard {
  const cells = new SharedArrayBuffer(cellsPerWorker * Int32Array.BYTES_PER_ELEMENT);
  try {
    // Neither the environment nor the Node options of the worker concern the guard: a preloaded module would run in it, too.
    const guard = new Worker(script, {
      eval: true,
      workerData: { fd, cells, cancelCell },
      execArgv: [],
      env: {},
      stdin: false,
    });
    guard.unref();
    return { cells };
  } catch (cause) {
    return { cells, failure: failureOf(cause) };
  }
}

function failureOf(cause: unknown): unknown {
  const isDenied = types.isNativeError(cause) && 'code' in cause && cause.code === 'ERR_ACCESS_DENIED';
  if (!isDenied) return cause;
  return new Error(
    'A worker process has a guard thread, which ends it when the caller is gone: under --permission, it needs --allow-worker.',
    { cause },
  );
}
