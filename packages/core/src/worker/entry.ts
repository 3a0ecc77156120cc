import { types } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import type { Call, ControlMessage, Outcome } from '../backend-types.js';
import type { WorkerKind } from '../executor.js';
import { BoardMemory } from '../link/board.js';
import { type Control, isTagged, type LookMessage, type OpenMessage, unread } from '../link/messages.js';
import { CallReader, readCall, type WireCall } from '../link/wire.js';
import { fromBytes, isBytes } from '../values/bytes.js';
import { carrierOf } from '../values/carrier.js';
import { encodeError, sendError } from '../values/error-codec.js';
import { BoardCalls } from './board-calls.js';
import { startGuard } from './guard.js';
import { runHook } from './hooks.js';
import { ipcLine, type Line, pipeLine, portLine } from './line.js';
import type { TaskTarget } from './load-module.js';
import { isPrinting, printed } from './printed.js';
import { replyLater } from './replies.js';
import { sendOutcome } from './send-outcome.js';
import { isServing, type ServeChannel, serveAs } from './serve.js';
import { watchUncaught } from './uncaught.js';
import { enterWorker, type WorkerIdentity } from './worker-state.js';

/** Who this worker is, from its open message on. */
let current: WorkerIdentity | undefined;
let ownKey = '';

/** Whether a message that came on this process's IPC channel is core's own, and no concern of the library's. */
export function isOwnMessage(message: unknown): boolean {
  return isTagged(message, ownKey);
}

/**
 * Takes the message that the library brought; its return value is for the library to take back, as a reply without a content. All that a
 * worker entry does: whatever follows goes by a channel of core's own.
 *
 * Never throws, so that the library's own way with errors is never used.
 *
 * @example
 * ```ts
 * // The whole worker entry of an adapter whose library calls a default export:
 * export { receive as default } from '@anypool/core/worker';
 * ```
 */
export function receive(message: unknown): true {
  // Bytes: a process, see startProcessWorker.
  open((isBytes(message) ? fromBytes(message) : message) as OpenMessage);
  return true;
}

/** Which worker it is that {@link serve} serves in. */
export interface ServingWorker {
  /** The executor's name, as {@link WorkerInit} has it. */
  readonly executor: string;
  readonly kind: WorkerKind;
  readonly workerId: number;
  /** The `cells` of {@link WorkerInit}, if they came along: by them a task sees in a synchronous loop that it was cancelled. */
  readonly cells?: SharedArrayBuffer | undefined;
  /** As the backend's capability of that name says. Default false. */
  readonly sharedMemory?: boolean | undefined;
  /** As the backend's capability of that name says; `post()` is given what to transfer, then. Default false. */
  readonly transfer?: boolean | undefined;
}

/**
 * Serves a call in the worker that this thread or process is: imports its module, runs its export in a `taskContext()`, encodes
 * its value or error. For adapters that bring calls in a way of their own; the others use {@link receive}.
 *
 * `worker` says which one it is, where `receive()` has not opened it. Where nobody has, `taskContext()` has 0 for its `workerId` and `''` for
 * its `executor`. Never rejects.
 *
 * @example
 * ```ts
 * // A worker thread that is given calls and control messages by its parent:
 * import { parentPort, workerData } from 'node:worker_threads';
 * import type { Call, ControlMessage } from '@anypool/core/backend';
 * import { type ServeChannel, serve } from '@anypool/core/worker';
 *
 * let control = (_message: ControlMessage): void => {};
 * const channel: ServeChannel = {
 *   post: (message) => parentPort?.postMessage(message),
 *   onControl: (listener) => {
 *     control = listener;
 *   },
 * };
 * parentPort?.on('message', async (message: Call | ControlMessage) => {
 *   if ('type' in message) control(message);
 *   else parentPort?.postMessage(await serve(message, channel, workerData));
 * });
 * ```
 */
export async function serve(call: Call, channel: ServeChannel, worker?: ServingWorker): Promise<Outcome> {
  if (worker !== undefined) return serveAs(identityOf(worker), call, channel);
  current ??= identityOf({ executor: '', kind: isMainThread ? 'process' : 'thread', workerId: 0 });
  return serveAs(current, call, channel);
}

function identityOf({
  executor,
  kind,
  workerId,
  cells,
  sharedMemory = false,
  transfer = false,
}: ServingWorker): WorkerIdentity {
  enterWorker();
  const carrier = carrierOf(kind, { sharedMemory, transfer });
  return { executor, kind, workerId, carrier, cells: cells && new Int32Array(cells) };
}

function open(message: OpenMessage): void {
  const guard = message.guard === undefined ? undefined : startGuard(message.guard);
  const identity = identityOf({ ...message, cells: guard === undefined ? message.cells : guard.cells });
  const { carrier } = identity;
  const line = lineOf(message);
  let control: ((message: ControlMessage) => void) | undefined;
  const channel: ServeChannel = {
    post: (message, transferList) => line.post(message, undefined, transferList),
    onControl(listener) {
      control = listener;
    },
  };
  let opening = true;
  const die = watchUncaught(line.post, carrier, () => opening || isServing());
  const initialized =
    guard?.failure === undefined ? runHook(message.initializer, identity) : Promise.reject<void>(guard.failure);
  const stop = async (): Promise<void> => {
    await initialized.catch(() => {});
    // A worker that is being stopped has nobody left to tell of a failing finalizer.
    await runHook(message.finalizer, identity).catch(() => {});
    await printed();
    process.exit();
  };
  const reply = (outcome: Outcome, isChunk = false): void => sendOutcome(outcome, line.reply, carrier, isChunk);
  const run = (call: Call, target: TaskTarget): Outcome | Promise<Outcome> => serveAs(identity, call, channel, target);
  const take = caller(run, reply);
  const board =
    message.board &&
    identity.cells &&
    new BoardCalls({
      board: new BoardMemory(message.board.memory),
      seat: message.board.seat,
      cells: identity.cells,
      serve: run,
      reply,
      ring: line.ring,
    });
  line.onMessage(
    (message) => {
      if (message === 0) board?.look();
      else if (isLook(message)) board?.look(message[1]);
      else if (typeof message === 'number' || isList(message)) take(message);
      else if (message.type === 'stop') void stop();
      else control?.(message);
    },
    // It may have been a call: core is not to wait for its outcome (S4).
    (error) => die(unread(error)),
  );
  current = identity;
  void whenPrinted(initialized).then(
    () => {
      opening = false;
      line.tell({ type: 'opened' });
    },
    (error: unknown) => {
      opening = false;
      sendError(encodeError(error, carrier), (encoded) => line.tell({ type: 'opened', error: encoded }));
    },
  );
}

async function whenPrinted(initialized: Promise<void>): Promise<void> {
  try {
    await initialized;
  } finally {
    if (isPrinting()) await printed();
  }
}

function isLook(message: Control | WireCall | LookMessage): message is Exclude<LookMessage, 0> {
  return Array.isArray(message) && message[0] === 0;
}

function isList(message: Control | WireCall): message is Exclude<WireCall, number> {
  return Array.isArray(message);
}

/** Serves the calls that core sends, one at a time. */
function caller(
  serve: (call: Call, target: TaskTarget) => Outcome | Promise<Outcome>,
  reply: (outcome: Outcome, isChunk: boolean) => void,
): (message: WireCall) => void {
  const calls = new CallReader();
  return (message) => {
    const target = calls.target(message);
    const call = readCall(message, target);
    const isChunk = call.chunk !== undefined;
    const outcome = serve(call, target);
    if (types.isPromise(outcome) || isPrinting()) void replyLater(outcome, (ended) => reply(ended, isChunk));
    else reply(outcome, isChunk);
  };
}

function lineOf({ port, line, key = '' }: OpenMessage): Line {
  if (port !== undefined) return portLine(port);
  ownKey = key;
  return line === undefined ? ipcLine(key) : pipeLine(line);
}
