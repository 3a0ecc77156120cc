import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Call, ControlMessage, Outcome, WorkerInit, WorkerMessage } from '../backend-types.js';
import { claimCell } from '../cells.js';
import type { AloneCall, ReleaseMessage } from './alone.js';
import { type CallLine, PooledCall, type PoolRun } from './pooled-call.js';
import type { SharedCall } from './shared-slot.js';

/** A call to a thread of a pool that somebody else owns. It goes by the pool; a port of its own goes with it, for all that is said besides. */
export function threadCall(call: Call, init: WorkerInit, pool: PoolRun): SharedCall {
  return new PooledCall(call, new PortLine(call, init), pool);
}

class PortLine implements CallLine {
  readonly content: AloneCall;
  readonly transferList: readonly MessagePort[];
  readonly #port: MessagePort;
  #post: (message: WorkerMessage) => void = () => {};
  /** It comes by the port, before a reply that says nothing. */
  #outcome: Outcome | undefined;

  constructor(call: Call, { executor, workerId, cells }: WorkerInit) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.transferList = [port2];
    this.content = { executor, workerId, kind: 'thread', call, port: port2, ...(cells && { cells }) };
  }

  copied(): AloneCall {
    return { ...this.content, call: structuredClone(this.content.call) };
  }

  open(post: (message: WorkerMessage) => void): void {
    this.#post = post;
    this.#port.on('message', (message) => this.#heard(message)).unref();
    this.#port.on('messageerror', (error) => this.#unread(error));
  }

  #heard(message: WorkerMessage): void {
    if (message.type === 'outcome') this.#outcome = message.outcome;
    else this.#post(message);
  }

  #unread(error: unknown): void {
    this.#post({ type: 'unread', error });
  }

  // The worker need not say so: what is sent before it listens is kept by the port.
  posted(): void {
    this.#post({ type: 'begun', id: this.content.call.id });
  }

  send(message: ControlMessage | ReleaseMessage): void {
    this.#port.postMessage(message);
  }

  readRest(): void {
    try {
      for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port))
        this.#heard(next.message);
    } catch (error) {
      this.#unread(error);
    }
  }

  outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get begun(): number | undefined {
    const { cells } = this.content;
    return cells && Atomics.load(new Int32Array(cells), claimCell);
  }

  close(): void {
    this.#port.close();
  }
}
