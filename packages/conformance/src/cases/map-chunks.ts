import assert from 'node:assert/strict';
import { partial } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { endless, outcome } from './map-outcome.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** How many items came in each call, in the order of the calls' first items. */
export function itemsPerCall(facts: readonly { readonly call: number }[]): number[] {
  const counts = new Map<number, number>();
  for (const { call } of facts) counts.set(call, (counts.get(call) ?? 0) + 1);
  return [...counts.values()];
}

/** M5: several items at once, where all goes well. */
export const mapChunkCases: readonly ConformanceCase[] = [
  {
    id: 'M5-same-results',
    rule: 'M5',
    title: 'whatever the chunkSize, the results are the same and in the same order',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const items: unknown[] = [
        undefined,
        null,
        0,
        '',
        [1, [2]],
        { a: { b: 1 } },
        new Map([[1, new Date(5)]]),
        Number.NaN,
      ];
      const many = [...items, ...numbers(90), ...items];
      for (const chunkSize of [2, 7, 1000, 'auto'] as const) {
        assert.deepEqual((await outcome(executor.map(basics.echo, many, { chunkSize }))).values, many);
        assert.deepEqual(await outcome(executor.map(basics.echo, [], { chunkSize })), { values: [], error: undefined });
        const sums = executor.map(partial(basics.addLater, 10), numbers(50), { chunkSize, ordered: false });
        const { values } = await outcome(sums);
        assert.deepEqual(
          values.toSorted((a, b) => a - b),
          numbers(50).map((i) => i + 10),
        );
      }
    },
  },
  {
    id: 'M5-one-call-for-several',
    rule: 'M5',
    title: 'so many items share a call, and what is left at the end makes a smaller one',
    async run({ create, tasks: { chunks } }) {
      const { values } = await outcome(create({ maxWorkers: 2 }).map(chunks.whereIs, numbers(22), { chunkSize: 5 }));
      assert.deepEqual(
        values.map(({ value }) => value),
        numbers(22),
      );
      assert.deepEqual(itemsPerCall(values), [5, 5, 5, 5, 2]);
    },
  },
  {
    id: 'M5-buffer-by-default',
    rule: 'M5',
    title: 'the default buffer has room for two chunks for each worker, and no more than it holds is read',
    async run({ create, tasks: { control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      let pulled = 0;
      const input = endless((value) => {
        pulled += 1;
        return { gate: door.handle, value };
      });
      const results = executor.map(control.waitIfGated, input.items, { chunkSize: 3 });
      const first = results.next();
      await door.waiting(2);
      assert.equal(pulled, 12);
      door.open();
      assert.deepEqual(await first, { done: false, value: 0 });
      for (let read = 1; read < 30; read += 1) {
        assert.deepEqual(await results.next(), { done: false, value: read });
        assert.ok(pulled <= read + 13, `${pulled} items pulled with ${read} results read`);
      }
      await results.return?.();
      assert.equal(input.closed(), 1);
    },
  },
  {
    id: 'M5-small-buffer',
    rule: 'M5',
    title: 'a buffer smaller than the chunk makes chunks smaller, and still keeps every worker busy',
    async run({ create, tasks: { chunks, control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const { values } = await outcome(executor.map(chunks.whereIs, numbers(20), { chunkSize: 10, buffer: 4 }));
      assert.equal(values.length, 20);
      assert.ok(Math.max(...itemsPerCall(values)) <= 2, `${itemsPerCall(values)} items in a call`);
      const alone = await outcome(executor.map(chunks.whereIs, numbers(5), { chunkSize: 10, buffer: 1 }));
      assert.deepEqual(itemsPerCall(alone.values), [1, 1, 1, 1, 1]);
      const door = await gate();
      const items = numbers(6).map((value) => ({ gate: door.handle, value }));
      const waiting = outcome(executor.map(control.waitIfGated, items, { chunkSize: 100, buffer: 6 }));
      await door.waiting(2);
      door.open();
      assert.deepEqual((await waiting).values, numbers(6));
    },
  },
  {
    id: 'M5-slow-input',
    rule: 'M5',
    title: 'an input that keeps the next item waiting holds up no item before it',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      for (const chunkSize of [50, 'auto'] as const) {
        let proceed: () => void = () => {};
        const paused = new Promise<void>((resolve) => {
          proceed = resolve;
        });
        async function* slow() {
          yield* [0, 1, 2];
          await paused;
          yield 3;
        }
        const results = executor.map(basics.echo, slow(), { chunkSize });
        for (const value of [0, 1, 2]) assert.deepEqual(await results.next(), { done: false, value });
        const last = results.next();
        proceed();
        assert.deepEqual(await last, { done: false, value: 3 });
        assert.equal((await results.next()).done, true);
      }
    },
  },
  {
    id: 'M5-quick-asynchronous-input',
    rule: 'M5',
    title: 'an asynchronous input whose items are there is sent in chunks, too',
    async run({ create, tasks: { chunks } }) {
      async function* quick() {
        yield* numbers(40);
      }
      const { values } = await outcome(create({ maxWorkers: 1 }).map(chunks.whereIs, quick(), { chunkSize: 10 }));
      assert.deepEqual(
        values.map(({ value }) => value),
        numbers(40),
      );
      assert.ok(itemsPerCall(values).length <= 10, `${itemsPerCall(values)} items in a call`);
    },
  },
  {
    id: 'M5-delivers-as-it-goes',
    rule: 'M5',
    title: 'what is done is given out while a later item of the chunk still waits, whether that gives way or not',
    async run({ create, kind, tasks: { chunks }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const items = numbers(5).map((value) => (value === 3 ? { value, gate: door.handle } : { value }));
      const results = executor.map(chunks.step, items, { chunkSize: 5 });
      for (const value of [0, 1, 2]) assert.deepEqual(await results.next(), { done: false, value });
      door.open();
      assert.deepEqual(await outcome(results), { values: [3, 4], error: undefined });
      if (kind === 'inline') return;
      // A synchronous item that takes long is waited for before the next: then those before it are on their way.
      const [first, second] = [await gate(), await gate()];
      const blocking = [{ value: 0 }, { value: 1, block: first.handle }, { value: 2, block: second.handle }];
      const later = executor.map(chunks.step, blocking, { chunkSize: 3 });
      const next = later.next();
      await first.waiting(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      first.open();
      assert.deepEqual([(await next).value, (await later.next()).value], [0, 1]);
      second.open();
      assert.deepEqual((await outcome(later)).values, [2]);
    },
  },
  {
    id: 'M5-copies-of-its-own',
    rule: 'M5',
    title: 'items share no object with each other, nor do results: as when each is sent by itself',
    async run({ create, tasks: { chunks } }) {
      const executor = create({ maxWorkers: 1 });
      const shared = { list: [0] };
      const same = [shared, shared, shared, shared];
      const task = partial(chunks.grown, { used: [] });
      for (const chunkSize of [1, 4]) {
        const { values } = await outcome(executor.map(task, same, { chunkSize }));
        assert.deepEqual(values, [
          [1, 2],
          [1, 2],
          [1, 2],
          [1, 2],
        ]);
        const reused = await outcome(executor.map(chunks.reused, [1, 2, 3], { chunkSize }));
        assert.deepEqual(
          reused.values.map(({ value, list }) => [value, ...list]),
          [
            [1, 1, 1],
            [2, 2, 2],
            [3, 3, 3],
          ],
        );
        assert.notEqual(reused.values[0], reused.values[1]);
      }
    },
  },
  {
    id: 'M5-dom-exceptions',
    rule: 'M5',
    title: 'items and results that need care on their way are what they were, each at its place',
    async run({ create, tasks: { basics } }) {
      const exception = new DOMException('enough', 'AbortError');
      const items = [1, { exception }, 'two', exception];
      const { values } = await outcome(create({ maxWorkers: 1 }).map(basics.echo, items, { chunkSize: 4 }));
      assert.deepEqual([values[0], values[2]], [1, 'two']);
      for (const arrived of [Object(values[1]).exception, values[3]]) {
        assert.ok(arrived instanceof DOMException);
        assert.deepEqual([arrived.name, arrived.message], ['AbortError', 'enough']);
      }
    },
  },
];
