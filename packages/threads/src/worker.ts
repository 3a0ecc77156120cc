import { createRequire } from 'node:module';
import { loadLibrary, receive } from '@anypool/core/worker';

/** What is used of threads.js in a worker. */
interface ThreadsWorker {
  expose(exposed: (message: unknown) => unknown): void;
}

const require = createRequire(import.meta.url);
// threads 1.7 listens to uncaught errors and rejections in its workers, and swallows them (W2, W3).
const { expose }: ThreadsWorker = loadLibrary(() => require('threads/worker'));

expose(receive);
