import type { Transferable } from 'node:worker_threads';
import type { Call, ControlMessage, Outcome, WorkerMessage } from '../backend-types.js';
import { type ExecutorError, NotCloneableError } from '../errors.js';
import {
  type Control,
  type ExitingMessage,
  type OpenMessage,
  type OpenReply,
  type TaggedMessage,
  taggedBytes,
} from '../link/messages.js';
import { CallReader, readCall, type WireCall, writeOutcome } from '../link/wire.js';
import { fromBytes, toBytes } from '../values/bytes.js';
import { encodeError } from '../values/error-codec.js';
import { isPrimitive } from '../values/inspect.js';
import { startGuard } from './guard.js';
import { runHook } from './hooks.js';
import { isPrinting, printed } from './printed.js';
import { isServing, lastBegun, type ServeChannel, serveAs } from './serve.js';
import { watchUncaught } from './uncaught.js';
import { enterWorker, type WorkerIdentity } from './worker-state.js';

/** A worker from its open message on. */
interface OpenWorker {
  readonly identity: WorkerIdentity;
  readonly channel: ServeChannel;
}

/** Sends a message to core; `sent` is called when it is out of this worker's hands. */
type Post = (message: WorkerMessage, sent?: () => void, transferList?: readonly Transferable[]) => void;

let current: OpenWorker | undefined;
const calls = new CallReader();

/**
 * Takes one message that the library brought and gives the reply that the library is to take back, or a promise of it: all that a
 * worker entry does.
 *
 * Never throws or rejects, so that the library's own way with errors is never used.
 *
 * @example
 * ```ts
 * // The whole worker entry of an adapter whose library calls a default export:
 * export { receive as default } from '@anypool/core/worker';
 * ```
 */
export function receive(message: unknown): unknown {
  // Bytes: a process, see startProcessWorker.
  const received = (message instanceof Uint8Array ? fromBytes(message) : message) as OpenMessage | WireCall;
  const outcome = isCall(received) ? serveWire(received) : open(received);
  const write = message instanceof Uint8Array || current?.identity.carrier.via === 'bytes' ? asBytes : asReply;
  return outcome instanceof Promise || isPrinting() ? afterOutput(outcome, write) : write(outcome);
}

async function afterOutput<T>(outcome: T | Promise<T>, write: (reply: T) => unknown): Promise<unknown> {
  const reply = await outcome;
  if (isPrinting()) await printed();
  return write(reply);
}

function isCall(message: OpenMessage | WireCall): message is WireCall {
  return typeof message === 'number' || Array.isArray(message);
}

function serveWire(message: WireCall): Outcome | Promise<Outcome> {
  if (current === undefined) throw new Error('A call came before the worker was opened.');
  const target = calls.target(message);
  return serveAs(current.identity, readCall(message, target), current.channel, target);
}

function asReply(reply: OpenReply | Outcome): unknown {
  return 'value' in reply ? writeOutcome(reply) : reply;
}

function asBytes(reply: OpenReply | Outcome): unknown {
  if ('value' in reply && isPrimitive(reply.value)) return writeOutcome(reply);
  try {
    return toBytes(asReply(reply));
  } catch (cause) {
    return toBytes(unsendable(reply, cause));
  }
}

/**
 * Serves a call of the worker that this thread or process is: imports its module, runs its export in a `taskContext()`, encodes
 * its value or error. For adapters that receive messages in a way of their own; the others use {@link receive}. Never rejects.
 */
export async function serve(call: Call, channel: ServeChannel): Promise<Outcome> {
  if (current === undefined) throw new Error('serve() was called before the worker was opened.');
  return serveAs(current.identity, call, channel);
}

async function open(message: OpenMessage): Promise<OpenReply> {
  const { sharedMemory, transfer } = message;
  const carrier = { via: message.kind === 'process' ? 'bytes' : 'clone', sharedMemory, transfer } as const;
  const cells = message.guard === undefined ? message.cells : startGuard(message.guard);
  const { executor, kind, workerId } = message;
  const identity = { executor, kind, workerId, carrier, cells: cells && new Int32Array(cells) };
  enterWorker();
  const listeners = controlListeners();
  const post =
    message.port === undefined ? processChannel(listeners.receive) : portChannel(message.port, listeners.receive);
  const channel: ServeChannel = {
    post: (message, transferList) => post(message, undefined, transferList),
    onControl: listeners.onControl,
  };
  let opening = true;
  watchUncaught(post, carrier, () => opening || isServing());
  const initialized = runHook(message.initializer);
  listeners.onStop(async () => {
    await initialized.catch(() => {});
    // A worker that is being stopped has nobody left to tell of a failing finalizer.
    await runHook(message.finalizer).catch(() => {});
    await printed();
    process.exit();
  });
  current = { identity, channel };
  try {
    await initialized;
    return { opened: true };
  } catch (error) {
    return { error: encodeError(error, carrier) };
  } finally {
    opening = false;
  }
}

function portChannel(port: NonNullable<OpenMessage['port']>, receiveControl: (message: Control) => void): Post {
  port.on('message', receiveControl);
  port.unref();
  return (message, sent, transferList) => {
    port.postMessage(message, transferList);
    sent?.();
  };
}

function processChannel(receiveControl: (message: Control) => void): Post {
  process.on('message', (message) => {
    const bytes = taggedBytes(message);
    if (bytes !== undefined) receiveControl(fromBytes(bytes) as Control);
  });
  process.on('exit', () => {
    // Written at once, as nothing is any more that could wait: what fits into the pipe arrives.
    const exiting: TaggedMessage = {
      'anypool/v1': toBytes({ type: 'exiting', begun: lastBegun() } satisfies ExitingMessage),
    };
    if (process.connected) process.send?.(exiting, undefined, undefined, () => {});
  });
  // Ctrl-C in a terminal reaches a whole group of processes. The end is for the parent to decide, which may want tasks to finish first (X8).
  process.on('SIGINT', () => {});
  // The parent is gone, or has let go of this process: no reason to stay. Where the event loop is blocked, the guard ends it.
  process.on('disconnect', () => process.exit());
  return (message, sent = () => {}) => {
    const tagged: TaggedMessage = { 'anypool/v1': toBytes(message) };
    if (process.connected) process.send?.(tagged, undefined, undefined, sent);
    else sent();
  };
}

function controlListeners(): {
  receive(message: Control): void;
  onControl(listener: (message: ControlMessage) => void): void;
  onStop(listener: () => Promise<void>): void;
} {
  let serving: ((message: ControlMessage) => void) | undefined;
  let stop: (() => Promise<void>) | undefined;
  let last: ControlMessage | undefined;
  return {
    receive(message) {
      if (message.type === 'stop') return void stop?.();
      last = message;
      serving?.(message);
    },
    onControl(listener) {
      serving = listener;
      // Control messages have a channel of their own: a cancel can be here before the call that it is for. Its id tells.
      if (last !== undefined) listener(last);
    },
    onStop(listener) {
      stop = listener;
    },
  };
}

// Only a value that changes while it is looked at gets here: it passed the inspection and then could not be written.
function unsendable(reply: OpenReply | Outcome, cause: unknown): OpenReply | Outcome {
  const error: ExecutorError = new NotCloneableError(
    'The task returned what cannot be sent back: result cannot be serialized.',
    {
      path: 'result',
      side: 'result',
      cause,
    },
  );
  const encoded = { error: encodeError(error, { via: 'bytes', sharedMemory: false, transfer: false }) };
  return 'id' in reply ? { id: reply.id, sent: reply.sent, ...encoded } : encoded;
}
