import type { MessagePort } from 'node:worker_threads';
import type { Call } from '../backend-types.js';
import type { WorkerKind } from '../executor.js';
import { fromBytes, isBytes, toBytes } from '../values/bytes.js';

/** A call that brings all it needs, to a worker that is nobody's in particular: one of a pool that somebody else owns. */
export interface AloneCall {
  readonly executor: string;
  readonly kind: WorkerKind;
  /** Of the executor's slot that the call occupies; which of the pool's workers runs it is the pool's affair. */
  readonly workerId: number;
  readonly call: Call;
  /** Threads: the slot's cells. */
  readonly cells?: SharedArrayBuffer;
  /** Threads: the control channel of this call. */
  readonly port?: MessagePort;
}

/** {@link AloneCall} as it travels to a process: as bytes, or as text where the pool's messages are JSON. */
export interface PackedCall {
  readonly packed: Uint8Array | string;
}

/** What is sent in place of a call that was cancelled while it lay in the pool's own queue. */
export interface DroppedCall {
  readonly dropped: number;
}

/** What a pool carries for us. Its content can be exchanged as long as the pool has not sent it. */
export interface AloneMessage {
  readonly content: AloneCall | PackedCall | DroppedCall;
}

/** Tells a worker that nobody waits for its call any more: it is to reply, and the pool to have it back, whatever the task still does. */
export interface ReleaseMessage {
  readonly type: 'release';
  readonly id: number;
}

/** A process's control messages carry this tag, so that nobody else takes them for theirs. */
const tag = 'anypool-alone/v1';

/** A message to or from a process that runs a call, as bytes or as text, as the call was. */
export function tagged(message: unknown, asText: boolean): object {
  return { [tag]: pack(message, asText) };
}

/** The message in {@link tagged}; undefined for anybody else's. */
export function untagged(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !(tag in message)) return undefined;
  return unpack(message[tag]);
}

/** Writes what JSON would not carry. */
export function pack(value: unknown, asText: boolean): Uint8Array | string {
  const bytes = toBytes(value);
  return asText ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') : bytes;
}

/** Reads what {@link pack} wrote; undefined for what it cannot have written. */
export function unpack(packed: unknown): unknown {
  if (typeof packed === 'string') return fromBytes(Buffer.from(packed, 'base64'));
  return isBytes(packed) ? fromBytes(packed) : undefined;
}
