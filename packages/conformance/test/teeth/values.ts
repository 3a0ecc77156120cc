import { NotCloneableError } from '@anypool/core';
import { executors, type Saboteur, workers } from './saboteur.js';

const mebibyte = 2 ** 20;

/** V: values. */
export const valueSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'V1',
      'a date arrives as text',
      'dates-and-patterns',
      { args: (args) => args.map((arg) => (arg instanceof Date ? arg.toJSON() : arg)) },
    ],
    [
      'V1',
      'a view of a part of a buffer becomes one of a copy of that part',
      'binary',
      { result: (value) => (value instanceof DataView ? viewOfCopy(value) : value) },
    ],
    [
      'V1',
      'what a task returns arrives frozen',
      'objects',
      {
        result: (value) => (Object.prototype.toString.call(value) === '[object Object]' ? Object.freeze(value) : value),
      },
    ],
    [
      'V2',
      'an argument that is refused is told by any error',
      'names-the-place',
      { error: (error) => (isRefusal(error, 'argument') ? new Error(error.message) : error) },
    ],
    [
      'V3',
      'a result that is refused is told without the path',
      'names-the-place',
      {
        error: (error) =>
          isRefusal(error, 'result') ? new NotCloneableError(error.message, { path: '', side: 'result' }) : error,
      },
    ],
    [
      'V4',
      'an error with a part that cannot travel loses its other parts',
      'functions-in-errors',
      { error: (error) => (error instanceof Error && 'kept' in error ? new Error(error.message) : error) },
    ],
    [
      'V6',
      'shared memory is copied where it should be refused',
      'refused-in-arguments',
      { args: (args) => args.map(unshared) },
    ],
    [
      'V7',
      'what is larger than 64 MB is cut off',
      'much-in',
      { args: (args) => args.map((arg) => (arg instanceof Uint8Array ? arg.subarray(0, 64 * mebibyte) : arg)) },
    ],
    [
      'V8',
      'arguments are copied at submit',
      'read-at-the-start',
      { args: (args) => args.map((arg) => (isPlain(arg) ? { ...arg } : arg)) },
    ],
  ),
  ...workers(
    'thread',
    [
      'V5',
      'what should move is copied',
      'argument-moves',
      { worker: (sound) => ({ execute: (call) => sound.execute(call, []) }) },
    ],
    [
      'V6',
      'shared memory in an argument is copied',
      'same-memory',
      {
        worker: (sound) => ({
          execute: (call, transferList) => sound.execute({ ...call, args: call.args.map(unshared) }, transferList),
        }),
      },
    ],
  ),
];

function isRefusal(error: unknown, side: string): error is NotCloneableError {
  return error instanceof NotCloneableError && error.side === side;
}

function isPlain(value: unknown): value is object {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

function unshared(value: unknown): unknown {
  if (value instanceof SharedArrayBuffer) return new ArrayBuffer(value.byteLength);
  return value instanceof Int32Array ? value.slice() : value;
}

function viewOfCopy({ buffer, byteLength, byteOffset }: DataView): DataView {
  return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
}
