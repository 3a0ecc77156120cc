import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

// The guard is the first thread that a worker process starts.
threads.Worker = class {
  unref() {}
};
syncBuiltinESMExports();
await import('../bare/process-worker.mjs');
