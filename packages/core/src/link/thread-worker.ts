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
import { bell, type Control, isTyped, type LookMessage, type OpenedMessage, type OpenMessage } from './messages.js';
import { asNotCloneable, failedStart, Opening, untilGone } from './opening.js';
import { CallWriter, readOutcome, type WireOutcome } from './wire.js';

/** How a library's pool of one worker is used: it starts the worker, with core's first message, and hands over what lies beneath. */
export interface WorkerLibrary<Raw> {
  /** Starts the worker, sends its entry `message`, which that hands to `receive()`, and gives the raw worker beneath and the reply. May throw. */
  start(message: unknown, transferList: Transferable[]): { readonly raw: Raw; readonly reply: Promise<unknown> };
  /** Called once, when the worker is gone: lets go of what the library holds. */
  discard(): void;
}

/**
 * A backend worker over a library's thread. The library starts it and carries the first message; calls and all else go by a port of core's
 * own, and its end is told by the raw worker's 'exit', since each library loses calls in a way of its own when a worker dies.
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
  const send = (message: Control): void => port.postMessage(message);

  const calls = new CallWriter();
  const opening = new Opening(events);
  let gone = false;
  let isKilled = false;
  let answer: ((outcome: Outcome) => void) | undefined;
  const receive = (message: WorkerMessage | OpenedMessage | WireOutcome): void => {
    if (message === bell) {
      // Of one that is gone, core is about to see it all.
      if (!gone) events.message({ type: 'bell' });
    } else if (isTyped(message)) {
      if (message.type === 'opened') opening.opened(message);
      else events.message(message);
    } else if (answer === undefined) events.message({ type: 'outcome', outcome: readOutcome(message) });
    else {
      const answered = answer;
      answer = undefined;
      calls.answered();
      answered(readOutcome(message));
    }
  };
  const failedToRead = (error: unknown): void => events.message({ type: 'unread', error });
  const receiveNext = (): boolean => {
    const next = receiveMessageOnPort(port);
    if (next !== undefined) receive(next.message);
    return next !== undefined;
  };
  const receiveRest = (): boolean => {
    try {
      return receiveNext();
    } catch (error) {
      failedToRead(error);
      return true;
    }
  };
  port.on('message', receive);
  port.on('messageerror', failedToRead);
  port.unref();
  let failure: NodeJS.ErrnoException | undefined;
  raw.on('error', (error: NodeJS.ErrnoException) => {
    failure = error;
  });
  const exited = new Promise<WorkerExit>((resolve) => {
    raw.once('exit', (exitCode) => {
      gone = true;
      while (receiveRest());
      port.close();
      const outOfMemory = failure?.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const begun = init.cells && Atomics.load(new Int32Array(init.cells), claimCell);
      resolve({
        exitCode,
        ...(outOfMemory && { outOfMemory }),
        ...(failure && { error: failure }),
        ...(begun !== undefined && { begun }),
      });
      library.discard();
    });
  });

  opening.watch(
    untilGone(() => gone, reply),
    exited,
  );
  return {
    ready: opening.ready,
    prefetch: 0,
    execute: (call: Call, transferList) =>
      new Promise<Outcome>((resolve) => {
        try {
          port.postMessage(calls.write(call), transferList);
        } catch (error) {
          asNotCloneable(error, call.args);
        }
        // Not before: of a call that did not go, no answer comes, and the next one is another's.
        answer = resolve;
      }),
    look(news) {
      const message: LookMessage = news.length === 0 ? 0 : [0, news];
      port.postMessage(message);
    },
    receiveNext,
    send,
    stop: () => send({ type: 'stop' }),
    kill() {
      // Each call would listen for the exit anew.
      if (!isKilled) void raw.terminate().catch(() => {});
      isKilled = true;
    },
    exited,
  };
}

/** What of the start is told to the worker. */
export function openFields(
  init: WorkerInit,
): Pick<OpenMessage, 'executor' | 'workerId' | 'initializer' | 'finalizer' | 'cells' | 'board'> {
  const { executor, workerId, initializer, finalizer, cells, board } = init;
  return {
    executor,
    workerId,
    ...(initializer === undefined ? {} : { initializer }),
    ...(finalizer === undefined ? {} : { finalizer }),
    ...(cells === undefined ? {} : { cells }),
    ...(board === undefined ? {} : { board }),
  };
}
