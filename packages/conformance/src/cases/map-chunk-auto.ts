import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { itemsPerCall } from './map-chunks.js';
import { outcome } from './map-outcome.js';

/** M5: the number of items that go at once chosen by how long they take. */
export const mapChunkAutoCases: readonly ConformanceCase[] = [
  {
    id: 'M5-auto-tiny-tasks',
    rule: 'M5',
    title: "with chunkSize 'auto' tiny tasks take far fewer calls than there are items",
    async run({ create, tasks: { chunks } }) {
      const items = Array.from({ length: 10_000 }, (_, i) => i);
      const { values, error } = await outcome(
        create({ maxWorkers: 2 }).map(chunks.whereIs, items, { chunkSize: 'auto' }),
      );
      assert.equal(error, undefined);
      assert.deepEqual(
        values.map(({ value }) => value),
        items,
      );
      const calls = itemsPerCall(values).length;
      assert.ok(calls < 2000, `10,000 items took ${calls} calls`);
    },
  },
  {
    id: 'M5-auto-slow-tasks',
    rule: 'M5',
    title: "with chunkSize 'auto' slow tasks are sent one at a time",
    async run({ create, tasks: { chunks } }) {
      const items = Array.from({ length: 30 }, (_, value) => ({ value, ms: 3 }));
      const { values } = await outcome(
        create({ maxWorkers: 2 }).map(chunks.whereIsAfter, items, { chunkSize: 'auto' }),
      );
      assert.deepEqual(itemsPerCall(values), new Array(30).fill(1));
    },
  },
  {
    id: 'M5-auto-tasks-that-become-slow',
    rule: 'M5',
    title:
      "with chunkSize 'auto' a call of items that turn out slow ends early: the rest goes elsewhere, each item once",
    async run({ create, tasks: { chunks } }) {
      const items = Array.from({ length: 2000 }, (_, value) => ({ value, ms: value < 1900 ? 0 : 5 }));
      const executor = create({ maxWorkers: 2 });
      await executor.warmUp();
      // Without a known length the end is not shared out, and the last calls are large ones.
      const { values, error } = await outcome(executor.map(chunks.whereIsAfter, items.values(), { chunkSize: 'auto' }));
      assert.equal(error, undefined);
      assert.deepEqual(
        values.map(({ value }) => value),
        items.map(({ value }) => value),
      );
      // A call ends at the first of them, and what is left of it goes in other calls, one by one.
      const perCall = itemsPerCall(values.slice(1900));
      assert.ok(Math.max(...perCall) <= 8, `calls had ${perCall} of the slow items`);
    },
  },
  {
    id: 'M5-auto-buffer',
    rule: 'M5',
    title: "with chunkSize 'auto' a given buffer is kept to",
    async run({ create, tasks: { chunks } }) {
      let pulled = 0;
      function* input() {
        for (let value = 0; value < 3000; value += 1) {
          pulled += 1;
          yield value;
        }
      }
      let read = 0;
      const executor = create({ maxWorkers: 2 });
      for await (const { value } of executor.map(chunks.whereIs, input(), { chunkSize: 'auto', buffer: 20 })) {
        assert.equal(value, read);
        read += 1;
        assert.ok(pulled <= read + 20, `${pulled} items pulled with ${read} results read`);
      }
      assert.equal(read, 3000);
    },
  },
];
