import { parentPort } from 'node:worker_threads';
import { receive } from '@anypool/core/worker';

/** The answer to the message that a worker is started with. Marked, since tasks may send to their parent as well. */
export interface Reply {
  readonly anypool: 'native/v1';
  readonly reply: unknown;
}

// What keeps the worker alive: core lets go of a channel of its own.
if (parentPort !== null) {
  parentPort.once('message', (message: unknown) => answer(message, (reply) => parentPort?.postMessage(reply)));
  parentPort.on('message', () => {});
} else {
  process.once('message', ({ message }: { readonly message: unknown }) => {
    answer(message, (reply) => process.send?.(reply));
  });
}

function answer(message: unknown, send: (reply: Reply) => void): void {
  send({ anypool: 'native/v1', reply: receive(message) });
}
