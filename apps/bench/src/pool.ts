/** Where workers are. */
export type Kind = 'thread' | 'process';

/**
 * How a task gets to a worker: through anypool; by a library itself, with the settings that the adapter gives it or with its own; or by
 * Node's own messages and nothing else, of which there are three ways.
 */
export type Way = 'anypool' | 'raw' | 'defaults' | BareWay;

/** One call in flight per worker; many, each a message; or many, and several in one message. */
export type BareWay = 'one-at-a-time' | 'pipelined' | 'coalesced';

/** A call that can be taken back. */
export interface Cancellable {
  /** Settles, however it ends. */
  readonly ended: PromiseLike<unknown>;
  cancel(): void;
}

/** A pool that is open, and how each of the tasks in tasks.ts is called on it. What a library does not offer is not there. */
export interface Pool {
  noop(): PromiseLike<unknown>;
  crunch(iterations: number): PromiseLike<unknown>;
  crunchWhere(iterations: number): PromiseLike<unknown>;
  hold(ms: number): PromiseLike<unknown>;
  echo(bytes: Uint8Array): PromiseLike<unknown>;
  /** Moved there and moved back. */
  echoMoved?(bytes: Uint8Array<ArrayBuffer>): PromiseLike<unknown>;
  /** crunch() of each item. */
  map?(items: Iterable<number>, chunkSize: number | 'auto'): AsyncIterable<unknown>;
  noopWithin?(ms: number): PromiseLike<unknown>;
  cancellableNoop?(): Cancellable;
  /** A task that cancel() ends together with its worker. */
  endableHold?(ms: number): Cancellable;
  /** Ends its worker; settles when the pool has said so. */
  crash?(): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
}

/** Opens a library's pool: `raw` with so many workers and the settings that the adapter gives it, `defaults` with its own. */
export type OpenRaw = (way: 'raw' | 'defaults', kind: Kind, workers: number) => Pool;

/** Settles when the other does, and never rejects: a call that was cancelled or has crashed is an end like any. */
export async function settled(promise: PromiseLike<unknown>): Promise<void> {
  try {
    await promise;
  } catch {}
}
