import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { cancelCell } from '../cells.js';

const { fd, cells }: { fd: number; cells: SharedArrayBuffer } = workerData;
const cancelled = new Int32Array(cells);

// A Socket, not a blocking read: a thread inside one could not be ended, and the process could not exit.
const parent = new Socket({ fd, readable: true, writable: false });
let rest = Buffer.alloc(0);

parent.on('data', (chunk: Buffer) => {
  rest = Buffer.concat([rest, chunk]);
  const whole = rest.length - (rest.length % 4);
  if (whole >= 4) Atomics.store(cancelled, cancelCell, rest.readInt32LE(whole - 4));
  rest = rest.subarray(whole);
});
parent.on('error', end);
parent.on('end', end);

function end(): void {
  // The main thread may see the parent's end by itself and leave with its 'exit' handlers run; one that is blocked will not.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.kill(process.pid, 'SIGKILL');
}
