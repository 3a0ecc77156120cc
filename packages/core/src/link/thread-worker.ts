import { MessageChannel, receiveMessageOnPort, type Transferable, type Worker } from 'node:worker_threads';
import type {
  BackendWorker,
  Call,
  Outcome,
  WorkerEvents,
  WorkerExit,
  WorkerInit,
  WorkerMessage,
} from '../backend-types.js';
import { claimCell } from '../cells.js';
import type { Control, OpenMessage } from './messages.js';
import { asNotCloneable, checkOpened, failedStart, pending, untilGone } from './opening.js';
import { CallWriter, readOutcome, type WireOutcome } from './wire.js';

/** How a library's pool of one worker is used: started with the first message, then given one message after the other. */
export interface WorkerLibrary<Raw> {
  /** Starts the worker, sends it `message` and gives the raw worker beneath and the reply. May throw. */
  start(message: unknown, transferList: Transferable[]): { readonly raw: Raw; readonly reply: Promise<unknown> };
  /** Sends a message to the worker's entry, which hands it to `receive()`, and gives the reply. */
  run(message: unknown, transferList: Transferable[]): Promise<unknown>;
  /** Called once, when the worker is gone: lets go of what the library holds. */
  discard(): void;
}

/**
 * A backend worker over a library's thread. Core needs of the library that it carries a message there and a reply back; the rest goes
 * by a control port of core's own, and by the raw worker's 'exit', since each library forgets promises when a worker dies.
 */
export function startThreadWorker(
  init: WorkerInit,
  events: WorkerEvents,
  library: WorkerLibrary<Worker>,
): BackendWorker {
  const { port1: port, port2: workerPort } = new MessageChannel();
  const open: OpenMessage = {
    ...openFields(init),
    type: 'open',
    kind: 'thread',
    sharedMemory: true,
    transfer: true,
    port: workerPort,
  };
  let started: ReturnType<typeof library.start>;
  try {
    started = library.start(open, [workerPort]);
  } catch (error) {
    port.close();
    return failedStart(error);
  }
  const { raw, reply } = started;
  raw.unref();
  port.on('message', (message: WorkerMessage) => events.message(message));
  port.unref();
  const send = (message: Control): void => port.postMessage(message);

  const calls = new CallWriter();
  const answered = (reply: unknown): Outcome => {
    calls.answered();
    return readOutcome(reply as WireOutcome);
  };
  // How a worker ended is told by `exited`, better than by any library.
  const failed = (error: unknown): Outcome | Promise<Outcome> => (gone ? pending() : asNotCloneable(error));
  let gone = false;
  let failure: NodeJS.ErrnoException | undefined;
  raw.on('error', (error: NodeJS.ErrnoException) => {
    failure = error;
  });
  const exited = new Promise<WorkerExit>((resolve) => {
    raw.once('exit', (exitCode) => {
      gone = true;
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
        events.message(next.message);
      port.close();
      const outOfMemory = failure?.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const begun = init.cells && Atomics.load(new Int32Array(init.cells), claimCell);
      const exit: WorkerExit = {
        exitCode,
        ...(outOfMemory && { outOfMemory }),
        ...(failure && { error: failure }),
        ...(begun !== undefined && { begun }),
      };
      // A reply that the worker posted before its end is still on its way through the library's own port.
      setImmediate(() =>
        setImmediate(() => {
          library.discard();
          resolve(exit);
        }),
      );
    });
  });

  return {
    ready: checkOpened(
      untilGone(() => gone, reply),
      exited,
    ),
    prefetch: 0,
    execute: (call: Call, transferList) => library.run(calls.write(call), [...transferList]).then(answered, failed),
    send,
    stop: () => send({ type: 'stop' }),
    kill: () => void raw.terminate().catch(() => {}),
    exited,
  };
}

/** What of the start is told to the worker. */
export function openFields(
  init: WorkerInit,
): Pick<OpenMessage, 'executor' | 'workerId' | 'initializer' | 'finalizer' | 'cells'> {
  const { executor, workerId, initializer, finalizer, cells } = init;
  return {
    executor,
    workerId,
    ...(initializer === undefined ? {} : { initializer }),
    ...(finalizer === undefined ? {} : { finalizer }),
    ...(cells === undefined ? {} : { cells }),
  };
}
