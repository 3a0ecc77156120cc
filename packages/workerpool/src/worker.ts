import { isMainThread } from 'node:worker_threads';
import { isOwnMessage, receive, takeLastListener } from '@anypool/core/worker';
import { worker } from 'workerpool';

worker({ receive });

// workerpool 10.0.3 answers whatever comes to its process with an error of its own, and takes null for a request (W2).
if (isMainThread) {
  const listener = takeLastListener(process, 'message');
  process.on('message', (message) => {
    if (message !== null && !isOwnMessage(message)) listener(message);
  });
}
