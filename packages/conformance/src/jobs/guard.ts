import { Worker } from 'node:worker_threads';

// A text and not a file of its own: it imports nothing, and loads in no time. The process is given a while to end in order, by itself.
const script = `
const { Socket } = require('node:net');
const { fd, patience } = require('node:worker_threads').workerData;
const parent = new Socket({ fd, readable: true, writable: false });
parent.on('error', end);
parent.on('end', end);
parent.resume();
function end() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience);
  process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
}
`;

/**
 * Starts a thread that ends this process, with its process group, when the parent is gone and the process has not ended by itself
 * `patience` ms later: a case may block it for ever. `fd` is a pipe whose other end is the parent's.
 */
export function guardAgainstOrphanage(fd: number, patience: number): void {
  const guard = new Worker(script, { eval: true, workerData: { fd, patience }, execArgv: [], env: {}, stdin: false });
  guard.unref();
}
