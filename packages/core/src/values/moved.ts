import { types } from 'node:util';
import type { Transferable } from 'node:worker_threads';

// Found by a key and not by its class: a value that one copy of the package wrapped may be sent by another.
const movedKey: unique symbol = Symbol.for('anypool.moved/v1');

/** A value whose memory is to be handed over. */
export interface Moved {
  readonly value: unknown;
  /** What goes; undefined: whatever can of what is in the value. */
  readonly transferList: readonly Transferable[] | undefined;
}

class MovedValue {
  readonly value: unknown;
  readonly transferList: readonly Transferable[] | undefined;
  /** What no carrier takes: one that core did not unwrap must not arrive as an object that looks like the value. */
  readonly unsendable = (): void => {};

  constructor(value: unknown, transferList: readonly Transferable[] | undefined) {
    this.value = value;
    this.transferList = transferList;
    Object.defineProperty(this, movedKey, { value: true });
  }
}

/**
 * Marks a value to be moved and not copied: its memory is handed over as it is, whatever its size, and the sender's buffers are detached
 * (empty). It goes around a whole argument, in the caller, and around a whole result, or an item of a stream, in the task.
 *
 * Without a list, every ArrayBuffer and MessagePort in the value goes, also what views such as a Uint8Array are of, and therefore all
 * that the buffer holds besides the view. Copied are all the same: memory that is shared or that Node does not let go of, and the buffer
 * of a Buffer that has only a part of it, since Node keeps other Buffers in the rest. With a list, what is in it goes, and nothing else.
 *
 * Nothing happens at the call. An argument's memory is detached when the task is handed to its worker; a task that is cancelled while
 * it is queued leaves it untouched, and so does an executor without the capability `transfer`, which copies. A call that was handed
 * memory cannot be given to another worker: if its worker dies, it rejects with `WorkerCrashedError` even if it had not begun.
 *
 * Throws a TypeError if `transferList` is no array. What in it cannot be transferred, or a moved value anywhere inside another value,
 * makes the Future reject with `NotCloneableError`.
 *
 * The type is that of the value, so that it fits where the value does; at run time it is a wrapper, which only an executor opens. A task
 * that returns one gives that to whoever calls it without an executor.
 *
 * @example
 * ```ts
 * const pixels = new Uint8Array(64 * 1024 * 1024);
 * const small = await executor.submit(images.resize, move(pixels), 100);
 * pixels.length; // 0, where capabilities.transfer is true
 * ```
 */
export function move<T>(value: T, transferList?: readonly Transferable[]): T {
  if (transferList !== undefined && !Array.isArray(transferList))
    throw new TypeError(`move: transferList must be an array, got ${typeof transferList}.`);
  const inner: unknown = isMoved(value) ? value.value : value;
  const list = transferList ?? (isMoved(value) ? value.transferList : undefined);
  const moved: unknown = new MovedValue(inner, list);
  // The one place where the wrapper passes for the value: whoever sends a value takes it off.
  return moved as T;
}

/** Whether the value is one that {@link move} gave. */
export function isMoved(value: unknown): value is Moved {
  return typeof value === 'object' && value !== null && !types.isProxy(value) && Object.hasOwn(value, movedKey);
}
