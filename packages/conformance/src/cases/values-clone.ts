import assert from 'node:assert/strict';
import type { Executor } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import type { FixtureTasks } from '../fixtures/index.js';
import { inspected } from '../fixtures/values.js';

/** Asserts that each value arrives as its structured clone, in the worker and back at the caller. */
export async function assertArrive(
  executor: Executor,
  { basics, values }: FixtureTasks,
  list: readonly unknown[],
): Promise<void> {
  for (const value of list) {
    const expected = structuredClone(value);
    assert.equal(await executor.submit(values.inspected, value), inspected(expected), 'in the worker');
    assertSame(await executor.submit(basics.echo, value), expected, 'as the result');
    assertSame(
      await executor.submit(basics.all, 1, { inside: [value] }),
      [1, { inside: [expected] }],
      'inside other values',
    );
  }
}

function assertSame(value: unknown, expected: unknown, where: string): void {
  assert.deepEqual(value, expected, where);
  assert.deepEqual(particulars(value), particulars(expected), where);
}

/** What does not count for equality: where views begin, how large their buffers are, and what cannot be changed about an object. */
function particulars(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return [value.byteOffset, value.buffer.byteLength, Object.isExtensible(value)];
  const properties = Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => [
    property.writable,
    property.configurable,
    particulars(property.value, seen),
  ]);
  return [Object.isExtensible(value), properties];
}

/** What arrives equal, by topic: each becomes a case of V1. */
const topics: readonly { readonly id: string; readonly title: string; readonly values: () => readonly unknown[] }[] = [
  {
    id: 'V1-primitives',
    title: 'undefined, null, booleans, numbers of every sort and bigints arrive equal',
    values: () => [
      undefined,
      null,
      true,
      false,
      [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 31), 5e-324],
      [0n, -1n, 2n ** 63n, -(2n ** 200n)],
      [Object(1), Object('boxed'), Object(true), Object(1n)],
    ],
  },
  {
    id: 'V1-strings',
    title: 'strings arrive equal: empty, with zeros, lone surrogates, emoji, and long ones',
    values: () => [
      '',
      '\0',
      'a\0b',
      '\ud800',
      'a\udc00b',
      'für 日本 👩‍👩‍👧',
      '\u2028',
      'x'.repeat(1_000_000),
      '✓'.repeat(100_000),
    ],
  },
  {
    id: 'V1-objects',
    title: 'plain objects arrive equal: odd keys, undefined members, no prototype, in their order',
    values: () => [
      {},
      { b: 1, a: undefined, '': 2, 'odd-key': 3, 7: 'seven', nested: { deep: { deeper: [] } } },
      Object.assign(Object.create(null), { a: 1 }),
      JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 2, "hasOwnProperty": 3 }'),
      new (class Point {
        readonly x = 1;
        readonly y = 2;
        get sum(): number {
          return this.x + this.y;
        }
      })(),
      { shown: 1, [Symbol('hidden')]: 2 },
    ],
  },
  {
    id: 'V1-arrays',
    title: 'arrays arrive equal: sparse ones, long ones, and with members besides their items',
    values: () => [
      [],
      [1, 'two', [3, [4]], null, undefined],
      // biome-ignore lint/suspicious/noSparseArray: holes are values too
      [, 1, , 2, ,],
      Object.assign([], { length: 5 }),
      Object.assign([1, 2], { note: 'x' }),
      Array.from({ length: 10_000 }, (_, index) => index),
    ],
  },
  {
    id: 'V1-dates-and-patterns',
    title: 'Date and RegExp arrive equal',
    values: () => [new Date(0), new Date(-1), /a+(?<name>b)/giu, /(?:)/, Object.assign(/x/g, { lastIndex: 3 })],
  },
  {
    id: 'V1-maps-and-sets',
    title: 'Map and Set arrive equal, with keys of any sort, nested and in order',
    values: () => [
      new Map(),
      new Set(),
      new Map<unknown, unknown>([
        [{ key: 1 }, new Map([[Number.NaN, 'not a number']])],
        [null, undefined],
        ['__proto__', 1],
      ]),
      new Set<unknown>([3, 1, 2, 'a', new Set([[]]), undefined]),
    ],
  },
  {
    id: 'V1-binary',
    title: 'ArrayBuffer, every typed array and DataView arrive equal, parts of larger buffers too',
    values: () => {
      const buffer = Uint8Array.from({ length: 32 }, (_, index) => index).buffer;
      const types = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array];
      const more = [Float32Array, Float64Array, BigInt64Array, BigUint64Array];
      const half: unknown = Reflect.get(globalThis, 'Float16Array');
      return [
        new ArrayBuffer(0),
        buffer,
        ...[...types, ...more].map((Type) => new Type(buffer.slice(0))),
        ...[...types, ...more].map((Type) => new Type(buffer.slice(0), 8, 2)),
        ...(typeof half === 'function' ? [Reflect.construct(half, [[1.5, -0, Number.NaN]])] : []),
        new DataView(buffer.slice(0)),
        new DataView(buffer.slice(0), 4, 7),
        new Uint8Array(0),
      ];
    },
  },
];

/** V1: what arrives equal whatever carries it. */
export const cloneCases: readonly ConformanceCase[] = topics.map(({ id, title, values }) => ({
  id,
  rule: 'V1',
  title,
  async run({ create, tasks }) {
    await assertArrive(create({ maxWorkers: 1 }), tasks, values());
  },
}));
