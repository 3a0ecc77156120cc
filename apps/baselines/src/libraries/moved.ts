import type { Transferable } from 'node:worker_threads';

/** What `move()` of '@anypool/core' puts around a value. */
interface Moved {
  readonly value: unknown;
  readonly transferList: readonly Transferable[] | undefined;
}

const key = Symbol.for('anypool.moved/v1');

function isMoved(value: unknown): value is Moved {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

/** Takes `move()` off a value: the value itself, and what of it is to be transferred. */
export function unwrap(value: unknown): { readonly value: unknown; readonly transferList: Transferable[] } {
  if (!isMoved(value)) return { value, transferList: [] };
  return { value: value.value, transferList: [...(value.transferList ?? buffersOf(value.value))] };
}

function buffersOf(value: unknown): Transferable[] {
  if (value instanceof ArrayBuffer) return [value];
  return ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
}
