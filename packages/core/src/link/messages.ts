import type { MessagePort } from 'node:worker_threads';
import type { CallTarget, ControlMessage, WorkerMessage } from '../backend-types.js';
import type { WorkerKind } from '../executor.js';
import { fromBytes } from '../values/bytes.js';
import type { Encoded } from '../values/error-codec.js';
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
  /** Threads: the control channel. */
  readonly port?: MessagePort;
  /** Processes: the file descriptor that ends with the parent and brings cancels to the guard thread. */
  readonly guard?: number;
}

/** The answer to {@link OpenMessage}. */
export type OpenReply = { readonly opened: true } | { readonly error: Encoded };

/** What goes to a worker on its control channel. */
export type Control = ControlMessage | { readonly type: 'stop' };

/** A process has one IPC channel for everybody: ours are told by the tag. What holds objects travels as bytes. */
export interface TaggedMessage {
  readonly 'anypool/v1': unknown;
}

/** Whether a message on a process's IPC channel is core's own, and no concern of the library's. */
export function isOwnMessage(message: unknown): message is TaggedMessage {
  return typeof message === 'object' && message !== null && 'anypool/v1' in message;
}

/** The content of a tagged message; undefined for anybody else's, and for what cannot be read: a task can send what it likes. */
export function tagged(message: unknown): unknown {
  if (!isOwnMessage(message)) return undefined;
  const content = message['anypool/v1'];
  if (!(content instanceof Uint8Array)) return content;
  try {
    return fromBytes(content);
  } catch {
    return undefined;
  }
}

/** The last word of a worker process that exits by itself: which call it began last. */
export interface ExitingMessage {
  readonly type: 'exiting';
  readonly begun: number;
}

/** What comes from a worker on its channel. */
export type FromWorker = WorkerMessage | ExitingMessage | WireOutcome;

/** Whether it is a message, which has a type, and not a call's outcome. */
export function isTyped<T extends FromWorker>(message: T): message is Exclude<T, WireOutcome> {
  return typeof message === 'object' && 'type' in message;
}
