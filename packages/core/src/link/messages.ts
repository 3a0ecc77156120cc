import type { MessagePort } from 'node:worker_threads';
import type { CallTarget, ControlMessage, WorkerInit, WorkerMessage } from '../backend-types.js';
import type { WorkerKind } from '../executor.js';
import { fromBytes, isBytes, toBytes } from '../values/bytes.js';
import type { Encoded } from '../values/error-codec.js';
import { toSmallJson } from '../values/small-json.js';
import type { BoardTask } from './board.js';
import type { WireOutcome } from './wire.js';

/** The first message to a worker: what it is, and how it and core talk besides calls. */
export interface OpenMessage {
  readonly type: 'open';
  readonly executor: string;
  readonly kind: WorkerKind;
  readonly workerId: number;
  readonly sharedMemory: boolean;
  readonly transfer: boolean;
  readonly initializer?: CallTarget;
  readonly finalizer?: CallTarget;
  readonly cells?: SharedArrayBuffer;
  readonly board?: NonNullable<WorkerInit['board']>;
  /** Threads: the control channel. */
  readonly port?: MessagePort;
  /** Processes: what tells core's messages from others on the IPC channel, see {@link TaggedMessage}. */
  readonly key?: string;
  /** Processes: the file descriptor of a pipe that is core's own, and goes both ways. */
  readonly line?: number;
  /** Processes: the file descriptor that ends with the parent and brings cancels to the guard thread. */
  readonly guard?: number;
}

/**
 * What a worker says when its initializer has run, or failed. By core's channel, not as the library's reply: a library may hold the
 * caller's process for as long as it waits for one (X6).
 */
export interface OpenedMessage {
  readonly type: 'opened';
  readonly error?: Encoded;
}

/** What goes to a worker on its control channel. */
export type Control = ControlMessage | { readonly type: 'stop' };

/** Lets a thread look at the board; with the tasks that it has not been told of, if there are any. */
export type LookMessage = 0 | readonly [0, readonly BoardTask[]];

/** What a thread says when there is something on the board for core to see. */
export const bell = 0;

/**
 * A message on the one IPC channel that a process has for everybody. Core's are told by a key that core makes for each worker, since a task
 * can send what it likes. Numbers, which most calls and replies are, and what is small and plain travel as a text, which takes Node's
 * serializer the least time; all else as bytes.
 */
export type TaggedMessage = string | Readonly<Record<string, unknown>>;

/** Throws where V8 cannot write the content. */
export function tag(content: unknown, key: string): TaggedMessage {
  if (typeof content === 'number') return key + content;
  const json = toSmallJson(content);
  return json === undefined ? { [key]: toBytes(content) } : key + json;
}

/** Whether a message is tagged with this key. */
export function isTagged(message: unknown, key: string): message is TaggedMessage {
  if (typeof message === 'string') return message.startsWith(key);
  return typeof message === 'object' && message !== null && Object.hasOwn(message, key);
}

/** The content of a message that is tagged with this key; undefined for anybody else's, and where it cannot be read: `failed` is called then. */
export function tagged(message: unknown, key: string, failed: (error: unknown) => void): unknown {
  if (!isTagged(message, key)) return undefined;
  try {
    if (typeof message === 'string') return JSON.parse(message.slice(key.length));
    const content = message[key];
    return isBytes(content) ? fromBytes(content) : content;
  } catch (error) {
    failed(error);
    return undefined;
  }
}

/** What the other side could write and this one cannot read, which has less stack perhaps: nobody knows which message it was. */
export function unread(cause: unknown): Error {
  return new Error('A message between caller and worker could not be read where it arrived.', { cause });
}

/** The last word of a worker process that exits by itself: which call it began last. */
export interface ExitingMessage {
  readonly type: 'exiting';
  readonly begun: number;
}

/** What comes from a worker on its channel. */
export type FromWorker = WorkerMessage | OpenedMessage | ExitingMessage | WireOutcome;

/** Whether it is a message, which has a type, and not a call's outcome. */
export function isTyped<T extends FromWorker>(message: T): message is Exclude<T, WireOutcome> {
  return typeof message === 'object' && 'type' in message;
}
