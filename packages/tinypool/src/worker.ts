import { isMainThread } from 'node:worker_threads';
import { receive } from '@anypool/core/worker';

export { serveAlone } from '@anypool/core/worker';

/** Opens a worker of an executor. */
export default function open(message: unknown): true {
  // tinypool 2.2 tells a process its number by a variable of its environment, which is to be what was asked for (W10).
  if (isMainThread) delete process.env['TINYPOOL_WORKER_ID'];
  return receive(message);
}
