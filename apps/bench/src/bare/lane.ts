import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Kind } from '../pool.js';
import type { Message } from './wire.js';

/** A worker, and the way there. */
export interface Lane {
  post(message: Message, moved: ArrayBuffer[]): void;
  /** Ends the worker by force. */
  end(): void;
}

/** What comes back. */
export interface LaneEvents {
  reply(value: unknown): void;
  exit(): void;
}

const threadFile = new URL('./thread-worker.js', import.meta.url);
const processFile = fileURLToPath(new URL('./process-worker.js', import.meta.url));

/** Starts a worker. */
export function startLane(kind: Kind, isCoalesced: boolean, events: LaneEvents): Lane {
  return kind === 'thread' ? startThread(isCoalesced, events) : startProcess(isCoalesced, events);
}

// By a port of its own: that carries nearly twice of what the worker's own postMessage() does.
function startThread(isCoalesced: boolean, { reply, exit }: LaneEvents): Lane {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(threadFile, { workerData: { port: port2, isCoalesced }, transferList: [port2] });
  port1.on('message', reply);
  worker.once('exit', exit);
  return {
    post: (message, moved) => (moved.length === 0 ? port1.postMessage(message) : port1.postMessage(message, moved)),
    end: () => void worker.terminate(),
  };
}

function startProcess(isCoalesced: boolean, { reply, exit }: LaneEvents): Lane {
  const child = fork(processFile, isCoalesced ? ['coalesced'] : [], { serialization: 'advanced' });
  // In an object: undefined by itself is no message.
  child.on('message', (message: { readonly value: unknown }) => reply(message.value));
  child.once('exit', exit);
  // A message to a process that is about to exit fails; that it has exited is told above.
  child.on('error', () => {});
  return {
    post: (message) => void child.send(message),
    end: () => void child.kill('SIGKILL'),
  };
}
