import type { MessagePort } from 'node:worker_threads';
import type { CallTarget, ControlMessage, WorkerMessage } from '../backend-types.js';
import type { WorkerKind } from '../executor.js';
import type { Encoded } from '../values/error-codec.js';

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

/** A process has one IPC channel for everybody: ours are told by the tag, and travel as bytes. */
export interface TaggedMessage {
  readonly 'anypool/v1': Uint8Array;
}

/** The content of a tagged message; undefined for anybody else's. */
export function taggedBytes(message: unknown): Uint8Array | undefined {
  if (typeof message !== 'object' || message === null || !('anypool/v1' in message)) return undefined;
  const bytes = message['anypool/v1'];
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** The last word of a worker process that exits by itself: which call it began last. */
export interface ExitingMessage {
  readonly type: 'exiting';
  readonly begun: number;
}

/** What comes from a worker on its control channel. */
export type FromWorker = WorkerMessage | ExitingMessage;
