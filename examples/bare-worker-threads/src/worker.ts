import { parentPort } from 'node:worker_threads';
import { receive } from '@anypool/core/worker';

/** What goes back. It is marked, since a task may post to its parent as well. */
export interface Reply {
  readonly anypool: 'reply';
  readonly value: unknown;
}

parentPort?.on('message', (message: unknown) => {
  const reply: Reply = { anypool: 'reply', value: receive(message) };
  parentPort?.postMessage(reply);
});
