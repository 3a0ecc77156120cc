import { NotCloneableError } from '@anypool/core';
import {
  type AloneMessage,
  type Call,
  type CallLine,
  type ControlMessage,
  type Outcome,
  PooledCall,
  pack,
  type ReleaseMessage,
  type SharedCall,
  tagged,
  unpack,
  untagged,
  type WorkerInit,
  type WorkerMessage,
} from '@anypool/core/backend';
import type { TinypoolInstance } from './from-tinypool.js';
import { TinypoolRun } from './from-tinypool-call.js';

/** A call to a process of the pool's, as text where the pool speaks JSON. */
export function processCall(
  call: Call,
  init: WorkerInit,
  pool: TinypoolInstance,
  filename: string,
  asText: boolean,
): SharedCall {
  const line = new ChannelLine(call, init, asText);
  return new PooledCall(call, line, new TinypoolRun(pool, filename, line));
}

/** A call as bytes. What is said besides goes by tinypool's channel of the task. */
export class ChannelLine implements CallLine {
  readonly content: AloneMessage['content'];
  readonly transferList: readonly [] = [];
  readonly #id: number;
  readonly #asText: boolean;
  #post: (message: WorkerMessage) => void = () => {};
  /** Sends to the worker that has the call. */
  #deliver: ((message: unknown) => void) | undefined;
  /** What waits to be sent until the worker has the call. By the pool's way it comes later than by the channel. */
  #held: object[] | undefined = [];

  constructor(call: Call, { executor, workerId }: WorkerInit, asText: boolean) {
    this.#id = call.id;
    this.#asText = asText;
    this.content = { packed: packed({ executor, workerId, kind: 'process', call }, asText) };
  }

  // Bytes have been written already.
  copied(): AloneMessage['content'] {
    return this.content;
  }

  open(post: (message: WorkerMessage) => void): void {
    this.#post = post;
  }

  // The worker says so itself.
  posted(): void {}

  /** The channel has got a worker. */
  connect(deliver: (message: unknown) => void): void {
    this.#deliver = deliver;
  }

  receive(message: unknown): void {
    let told: WorkerMessage | undefined;
    try {
      told = untagged(message) as WorkerMessage | undefined;
    } catch (error) {
      this.#post({ type: 'unread', error });
    }
    if (told?.type === 'begun' && told.id === this.#id) this.#sendHeld();
    if (told !== undefined) this.#post(told);
  }

  send(message: ControlMessage | ReleaseMessage): void {
    // Written now: that it cannot be is for the one who sends it to know.
    const written = tagged(message, this.#asText);
    if (this.#held === undefined) this.#deliver?.(written);
    else this.#held.push(written);
  }

  #sendHeld(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) this.#deliver?.(message);
  }

  readRest(): void {}

  outcome(reply: unknown): Outcome | undefined {
    return unpack(reply) as Outcome | undefined;
  }

  readonly begun = undefined;

  close(): void {}
}

function packed(alone: unknown, asText: boolean): Uint8Array | string {
  try {
    return pack(alone, asText);
  } catch (cause) {
    throw new NotCloneableError('The arguments could not be sent.', { path: 'args', side: 'argument', cause });
  }
}
