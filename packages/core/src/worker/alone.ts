import { AsyncResource } from 'node:async_hooks';
import { types } from 'node:util';
import type { ControlMessage, Outcome, WorkerMessage } from '../backend-types.js';
import {
  type AloneCall,
  type AloneMessage,
  pack,
  type ReleaseMessage,
  tagged,
  unpack,
  untagged,
} from '../link/alone.js';
import { nextTurn } from '../timers.js';
import { carrierOf, plainest } from '../values/carrier.js';
import { isPrinting, printed } from './printed.js';
import { sendOutcome } from './send-outcome.js';
import { type ServeChannel, serveAs } from './serve.js';
import { enterWorker } from './worker-state.js';

interface OpenChannel {
  /** Whether what comes for a call is lost before the call is there: its being there is then told by `begun`. */
  readonly tellsBegun: boolean;
  post(message: WorkerMessage): void;
  /** Writes an outcome; what it gives is for the pool to take back. */
  reply(outcome: Outcome, isChunk: boolean): unknown;
  onMessage(listener: (message: ControlMessage | ReleaseMessage) => void): void;
  close(): void;
}

/**
 * Serves a call that brings all it needs, in a worker of a pool that somebody else owns and uses as well: what `receive` is to an
 * adapter's own workers. Never rejects.
 *
 * It leaves the worker as it was: no handler of uncaught errors, which are the owner's affair, no guard, and nothing that listens once the
 * call is over. That this thread is a worker of ours (D7) is all that remains.
 */
export async function serveAlone({ content: message }: AloneMessage): Promise<unknown> {
  if ('dropped' in message) return undefined;
  if ('packed' in message) {
    const asText = typeof message.packed === 'string';
    return serveIn(unpack(message.packed) as AloneCall, processChannel(asText));
  }
  if (message.port === undefined) throw new Error('A call to a thread came without its port.');
  portsSinceTurn += 1;
  if (portsSinceTurn > portsPerTurn) await eventLoopTurned();
  return serveIn(message, portChannel(message.port));
}

/** How many calls may follow each other without a turn of the event loop. */
const portsPerTurn = 100;
let portsSinceTurn = 0;

// What a closed port held is let go as the event loop turns, and a thread whose library waits for its next task by `Atomics.wait` may
// never turn it again: it would keep some 6 kB of each call for ever. Before the call, as what others have left behind may run now, and
// fail: that this one has not begun is then seen.
async function eventLoopTurned(): Promise<void> {
  portsSinceTurn = 0;
  await nextTurn();
}

async function serveIn(message: AloneCall, channel: OpenChannel): Promise<unknown> {
  const { executor, kind, workerId, call } = message;
  const sharedMemory = message.cells !== undefined;
  const carrier = carrierOf(kind, { sharedMemory, transfer: false });
  const cells = message.cells && new Int32Array(message.cells);
  enterWorker();
  let serving: ((message: ControlMessage) => void) | undefined;
  const released = new Promise<Outcome>((resolve) => {
    channel.onMessage((message) => {
      if (message.type !== 'release') serving?.(message);
      else if (message.id === call.id) resolve({ id: call.id, sent: 0, value: undefined });
    });
  });
  if (channel.tellsBegun) channel.post({ type: 'begun', id: call.id });
  const serve: ServeChannel = {
    post: channel.post,
    onControl: (listener) => {
      serving = listener;
    },
  };
  try {
    // A scope of its own: the pool may start its owner's next task straight from the end of this one, and that task is not ours.
    const scope = new AsyncResource('anypool');
    const identity = { executor, kind, workerId, carrier, cells };
    const outcome = scope.runInAsyncScope(() => serveAs(identity, call, serve));
    const ended = types.isPromise(outcome) ? await Promise.race([outcome, released]) : outcome;
    if (isPrinting()) await printed();
    return channel.reply(ended, call.chunk !== undefined);
  } finally {
    channel.close();
  }
}

const threads = carrierOf('thread', { sharedMemory: true, transfer: false });

function portChannel(port: NonNullable<AloneCall['port']>): OpenChannel {
  return {
    tellsBegun: false,
    post: (message) => port.postMessage(message),
    reply(outcome, isChunk) {
      // By the port: piscina 5.3 loses the reply of a thread whose end it hears of first (W3), and a pool whose reply cannot be written may
      // lose its thread.
      const post = (sent: Outcome): void =>
        port.postMessage({ type: 'outcome', outcome: sent } satisfies WorkerMessage);
      return sendOutcome(outcome, post, threads, isChunk);
    },
    onMessage: (listener) => void port.on('message', listener),
    close: () => port.close(),
  };
}

function processChannel(asText: boolean): OpenChannel {
  let receive: (message: unknown) => void = () => {};
  return {
    tellsBegun: true,
    post(message) {
      const sendable = tagged(message, asText);
      if (process.connected) process.send?.(sendable, undefined, undefined, () => {});
    },
    reply: (outcome, isChunk) => sendOutcome(outcome, (sent) => pack(sent, asText), plainest, isChunk),
    onMessage(listener) {
      receive = (message) => {
        const told = untagged(message);
        if (told !== undefined) listener(told as ControlMessage | ReleaseMessage);
      };
      process.on('message', receive);
    },
    close: () => void process.off('message', receive),
  };
}
