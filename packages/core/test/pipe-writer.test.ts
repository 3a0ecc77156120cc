import { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { PipeWriter } from '../src/worker/pipe-writer.js';

const fs = process.getBuiltinModule('node:fs');

afterEach(() => vi.restoreAllMocks());

/** A pipe that is full at first, of whose byte the socket has yet to say that it is out. */
function fullPipe(writeQueueSize: number) {
  const out: number[] = [];
  let isFull = true;
  vi.spyOn(fs, 'writeSync').mockImplementation((_fd, bytes) => {
    if (isFull) throw Object.assign(new Error('There is no room.'), { code: 'EAGAIN' });
    const written: unknown = bytes;
    if (!(written instanceof Uint8Array)) throw new TypeError('Bytes are expected.');
    out.push(...written);
    return written.length;
  });
  const pipe = new Socket();
  vi.spyOn(pipe, 'write').mockImplementation((bytes) => {
    if (writeQueueSize === 0) out.push(...Buffer.from(bytes));
    return false;
  });
  Object.defineProperty(pipe, 'writableLength', { value: 1 });
  Object.defineProperty(pipe, '_handle', { value: { writeQueueSize, close() {} } });
  const empty = (): void => {
    isFull = false;
  };
  return { pipe, out, empty };
}

test.each([0, 1])(
  'P1: at an exit, the byte that the socket was given goes once, with %i bytes yet to be written',
  (queued) => {
    const { pipe, out, empty } = fullPipe(queued);
    const writer = new PipeWriter(4, pipe);
    writer.write(Uint8Array.of(1, 2, 3));
    writer.write(Uint8Array.of(4, 5));
    empty();
    writer.exiting();
    expect(out).toEqual([1, 2, 3, 4, 5]);
  },
);
