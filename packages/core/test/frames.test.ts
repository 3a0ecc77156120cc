import { describe, expect, test } from 'vitest';
import { FrameReader, frame } from '../src/link/frames.js';

const messages: readonly unknown[] = [
  0,
  -0,
  2 ** 52 + 1,
  Number.NaN,
  [1, 0, ['a', { b: 'ü\u2028\ud800' }]],
  { type: 'stop' },
  [2, 0, [undefined, 1n, new Map([[1, new Date(0)]])]],
  [3, 0, [new Uint8Array(3000).fill(7)]],
  ['x'.repeat(5000)],
  {},
  5,
];

function through(pieces: readonly Uint8Array[]): unknown[] {
  const heard: unknown[] = [];
  const reader = new FrameReader((content) => heard.push(content));
  // As a socket does that reads into the same memory again and again.
  const memory = Buffer.alloc(1 << 16);
  for (const piece of pieces) {
    memory.fill(255);
    memory.set(piece);
    reader.read(memory.subarray(0, piece.length));
  }
  return heard;
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

describe('messages come out of a pipe as they went in', () => {
  const all = Buffer.concat(messages.map(frame));

  test.each([1, 2, 3, 4, 5, 6, 8, 9, 10, 13, 64, 1000, 4096, 65_536])('in pieces of %i bytes', (size) => {
    expect(through(cut(all, size))).toStrictEqual(messages);
  });

  test('one by one', () => {
    expect(through(messages.map(frame))).toStrictEqual(messages);
  });

  test('with the end of one and the beginning of the next in each piece', () => {
    const frames = messages.map(frame);
    const halves = frames.flatMap((bytes) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]);
    const joined = [halves[0], ...cutPairs(halves.slice(1))].map((piece) => piece ?? new Uint8Array());
    expect(through(joined)).toStrictEqual(messages);
  });

  test('larger than a pipe takes at once', () => {
    const large = new Float64Array(1_000_000).map((_, index) => index);
    expect(through(cut(frame([large, 1]), 65_536))).toStrictEqual([[large, 1]]);
  });

  test('each typed array once, views of one buffer as views of one', () => {
    const memory = new ArrayBuffer(16);
    const [[one, other]] = through([frame([new Uint8Array(memory), new Uint8Array(memory, 8)])]) as [
      [Uint8Array, Uint8Array],
    ];
    expect(one.buffer).toBe(other.buffer);
  });
});

function cutPairs(halves: readonly Uint8Array[]): Uint8Array[] {
  const pairs: Uint8Array[] = [];
  for (let i = 0; i < halves.length; i += 2) pairs.push(Buffer.concat(halves.slice(i, i + 2)));
  return pairs;
}

test('what V8 cannot write is not written', () => {
  expect(() => frame([() => {}])).toThrow(/could not be cloned/);
});

test.each([
  ['at once', Buffer.from('hello')],
  ['after a message', Buffer.concat([frame(1), Buffer.from('hello')])],
])('what is no message is found %s', (_, bytes) => {
  expect(() => through(cut(bytes, 65_536))).toThrow();
});
