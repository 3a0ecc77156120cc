// What `partial()` and `move()` of '@anypool/core' make of a task and of a value; a library knows of neither.
import { MessagePort, type Transferable } from 'node:worker_threads';
import type { AnyTask } from '@anypool/core';

const boundKey = '~bound';
const movedKey: unique symbol = Symbol.for('anypool.moved/v1');

interface Moved {
  readonly value: unknown;
  readonly transferList: readonly Transferable[] | undefined;
}

/** The arguments that `partial()` bound to a task. */
export function boundArguments(task: AnyTask & { readonly [boundKey]?: readonly unknown[] }): readonly unknown[] {
  return task[boundKey] ?? [];
}

/** Takes `move()` off a value: the value itself, and what of it is to be transferred. */
export function unwrap(value: unknown): { readonly value: unknown; readonly transferList: Transferable[] } {
  if (!isMoved(value)) return { value, transferList: [] };
  const found = new Set<Transferable>();
  if (value.transferList === undefined) findTransferable(value.value, found, new Set());
  return { value: value.value, transferList: [...(value.transferList ?? found)] };
}

function isMoved(value: unknown): value is Moved {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, movedKey);
}

function findTransferable(value: unknown, found: Set<Transferable>, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof ArrayBuffer || value instanceof MessagePort) found.add(value);
  else if (ArrayBuffer.isView(value)) findTransferable(value.buffer, found, seen);
  else for (const inner of innerOf(value)) findTransferable(inner, found, seen);
}

function innerOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return value instanceof Set ? value : Object.values(value);
}
