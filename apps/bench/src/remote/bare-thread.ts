// The thread of a host that runs its jobs off the main thread, and does nothing else for them.
import { parentPort } from 'node:worker_threads';
import { wait } from './tasks.js';

parentPort?.on('message', async (ms?: number) => {
  if (ms !== undefined) await wait(ms);
  parentPort?.postMessage(null);
});
