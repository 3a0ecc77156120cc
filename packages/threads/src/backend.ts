import { createRequire } from 'node:module';
import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';
import {
  type Backend,
  capabilities,
  loadLibrary,
  startThreadWorker,
  type WorkerInit,
  type WorkerLibrary,
} from '@anypool/core/backend';
import type { ThreadsOptions } from './options.js';

/** What is used of threads.js. Written out here because its own types are not found under nodenext. */
interface Threads {
  spawn(worker: EventWorker): Promise<Send>;
  Transfer(payload: unknown, transferables: Transferable[]): unknown;
}

/** A spawned thread that exposes a function: sends it an argument and gives what it returns. */
type Send = (message: unknown) => Promise<unknown>;

const require = createRequire(import.meta.url);
// threads 1.7 listens to SIGINT and SIGTERM, ends the whole process at either, and makes a global `self` (X8).
const { spawn, Transfer }: Threads = loadLibrary(() => require('threads'));

/** threads.js' threads. */
export function threadBackend(entry: string, options: ThreadsOptions): Backend {
  return {
    name: 'threads',
    kind: 'thread',
    capabilities: capabilities({
      transfer: true,
      sharedMemory: true,
      terminate: true,
      stream: true,
      recycle: true,
      resourceLimits: true,
      isolation: true,
    }),
    startWorker: (init, events) => startThreadWorker(init, events, spawnedThread(init, entry, options)),
  };
}

/** One spawned thread for each of the executor's workers: a Pool of threads 1.7 never notices that one of them has died (W2). */
function spawnedThread(init: WorkerInit, entry: string, options: ThreadsOptions): WorkerLibrary<Worker> {
  return {
    start(message, transferList) {
      const raw = new EventWorker(entry, workerOptions(init, options));
      const thread = spawn(raw);
      // threads 1.7 waits for this message, which only tells what the entry is known to do, with a timer that holds the process (X6),
      // outlives a worker that dies before (X7), and gives up after 10 s, whatever startTimeout says (W5a). So it need not wait: what
      // is sent to a thread before it listens is kept for it.
      raw.deliver({ type: 'init', exposed: { type: 'function' } });
      const reply = thread.then((send) => send(Transfer(message, transferList)));
      return { raw, reply };
    },
    // Nothing is held: what threads 1.7 still waits for is known to the worker alone, and goes with it.
    discard() {},
  };
}

function workerOptions(init: WorkerInit, options: ThreadsOptions): WorkerOptions {
  const { trackUnmanagedFds, workerData } = options;
  const { env, argv, execArgv, resourceLimits } = init;
  return {
    ...(trackUnmanagedFds !== undefined && { trackUnmanagedFds }),
    workerData,
    ...(env && { env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(resourceLimits && { resourceLimits }),
  };
}

type MessageListener = (event: { readonly data: unknown }) => void;

/**
 * A Worker as `spawn()` wants it, with the methods of an EventTarget. The Worker of threads 1.7 has them too, but takes no absolute
 * path and no URL (W1): it puts the caller's folder before either.
 */
class EventWorker extends Worker {
  readonly #listeners = new Set<MessageListener>();

  constructor(entry: string, options: WorkerOptions) {
    super(entry, options);
    this.on('message', (message: unknown) => this.deliver(message));
  }

  addEventListener(type: string, listener: MessageListener): void {
    if (type === 'message') this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: MessageListener): void {
    this.#listeners.delete(listener);
  }

  /** Lets threads.js hear a message. */
  deliver(message: unknown): void {
    const event = { data: message };
    for (const listener of this.#listeners) listener(event);
  }
}
