import { parentPort } from 'node:worker_threads';
import { receive } from '@anypool/core/worker';

/** What goes back. It is marked, since a task may post to its parent as well. */
export interface Reply {
  readonly anypool: 'reply' | 'error';
  readonly value: unknown;
}

parentPort?.on('message', (message: unknown) => {
  const reply = receive(message);
  if (reply instanceof Promise) void reply.then(post);
  else post(reply);
});

// What cannot be read here is never answered otherwise.
parentPort?.on('messageerror', (error) => send({ anypool: 'error', value: error }));

// What cannot be cloned after all, because it was another value when it was looked at, rejects the call and costs no worker (V3).
function post(reply: unknown): void {
  try {
    send({ anypool: 'reply', value: reply });
  } catch (error) {
    send({ anypool: 'error', value: error });
  }
}

function send(reply: Reply): void {
  parentPort?.postMessage(reply);
}
