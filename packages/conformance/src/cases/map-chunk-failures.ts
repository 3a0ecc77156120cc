import assert from 'node:assert/strict';
import { partial, type Task, tasksFrom } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import type { ChunkItem } from '../fixtures/chunks.js';
import type { Makeable } from '../fixtures/values.js';
import { localOnly } from '../local-only.js';
import { itemsPerCall } from './map-chunks.js';
import { endless, outcome } from './map-outcome.js';

/** M5: several items at once, of which one fails. */
export const mapChunkFailureCases: readonly ConformanceCase[] = [
  {
    id: 'M5-failure-at-its-place',
    rule: 'M5',
    title: 'a failing item ends its chunk: what came before is given out, what comes after is not run',
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      for (const waits of [false, true]) {
        const executor = create({ maxWorkers: 1 });
        const [door, log] = [await gate(), trace()];
        door.open();
        const input = endless(
          (value): ChunkItem => ({
            value,
            trace: log.handle,
            ...(waits && { gate: door.handle }),
            ...(value === 3 && { end: 'throw' }),
          }),
        );
        const { values, error } = await outcome(executor.map(chunks.step, input.items, { chunkSize: 6, buffer: 6 }));
        assert.deepEqual(values, [0, 1, 2]);
        assert.ok(error instanceof RangeError);
        assert.equal(input.closed(), 1);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
        assert.deepEqual(log.lines(), ['0', '1', '2', '3']);
      }
    },
  },
  {
    id: 'M5-failure-while-the-queue-is-full',
    rule: 'M5',
    title: 'a chunk that waits for room in the queue is not run when the one before it fails',
    async run({ create, tasks: { basics, chunks }, trace }) {
      const executor = create({ maxWorkers: 1, maxQueue: 0 });
      const log = trace();
      const input = endless((value): ChunkItem => ({ value, trace: log.handle, ...(value === 0 && { end: 'throw' }) }));
      const { values, error } = await outcome(executor.map(chunks.step, input.items, { chunkSize: 2, buffer: 8 }));
      assert.deepEqual([values, error instanceof RangeError], [[], true]);
      await executor.ready();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['0']);
    },
  },
  {
    id: 'M5-same-errors',
    rule: 'M5',
    title: 'the error of an item is what it is when the item is sent by itself: class, cause, properties, origin',
    async run({ create, tasks: { chunks } }) {
      const executor = create({ maxWorkers: 1, name: 'in chunks' });
      const items: ChunkItem[] = [{ value: 0 }, { value: 1, end: 'throw' }, { value: 2 }];
      for (const chunkSize of [1, 3, 'auto'] as const) {
        const { values, error } = await outcome(executor.map(chunks.step, items, { chunkSize }));
        assert.deepEqual(values, [0]);
        assert.ok(error instanceof RangeError && error.cause instanceof TypeError);
        assert.equal(error.cause.message, 'the reason');
        assert.deepEqual(
          { ...error, message: error.message },
          { code: 'ERR_ITEM', place: { value: 1 }, message: 'item 1' },
        );
        assert.match(error.stack ?? '', /chunks\.[jt]s:\d+[\s\S]*in chunks.*worker 1.*task step/);
      }
    },
  },
  {
    id: 'M5-failure-before-earlier-results',
    rule: 'M5',
    title: 'a failure in a later chunk waits for the results of the chunks before it',
    async run({ create, tasks: { basics, chunks }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const items: ChunkItem[] = [
        { value: 0, gate: door.handle },
        { value: 1 },
        { value: 2 },
        { value: 3, end: 'throw' },
      ];
      const end = outcome(executor.map(chunks.step, items, { chunkSize: 2 }));
      await door.waiting(1);
      await executor.submit(basics.nothing);
      door.open();
      const { values, error } = await end;
      assert.deepEqual([values, Object(error).message], [[0, 1, 2], 'item 3']);
    },
  },
  {
    id: 'M5-item-that-cannot-travel',
    rule: 'M5',
    title: 'an item that cannot be cloned is refused at its place, with the path as when it is sent by itself',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const items = [1, 2, { onDone: () => {} }, 4];
      for (const chunkSize of [1, 3, 10, 'auto'] as const) {
        const { values, error } = await outcome(executor.map(basics.echo, items, { chunkSize }));
        const { code, path, side } = Object(error);
        assert.deepEqual([values, code, path, side], [[1, 2], 'ERR_NOT_CLONEABLE', 'args[0].onDone', 'argument']);
        const bound = await outcome(executor.map(partial(basics.all, 'bound'), items, { chunkSize }));
        assert.deepEqual([bound.values.length, Object(bound.error).path], [2, 'args[1].onDone']);
      }
      // Its getters are not called more often either.
      const reads = [];
      for (const chunkSize of [1, 3]) {
        let count = 0;
        const getter = {
          get broken() {
            count += 1;
            throw new RangeError('not today');
          },
        };
        const { values, error } = await outcome(executor.map(basics.echo, [1, getter, 3], { chunkSize }));
        assert.deepEqual([values, Object(error).path], [[1], 'args[0].broken']);
        reads.push(count);
      }
      assert.equal(reads[0], reads[1]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M5-result-that-cannot-travel',
    rule: 'M5',
    title: 'a result that cannot be cloned is a failure at its place',
    async run({ create, tasks: { basics, values: made } }) {
      const executor = create({ maxWorkers: 1 });
      const { values, error } = await outcome(
        executor.map(made.make, ['thenData', 'functionInside', 'deepEnough'], { chunkSize: 3 }),
      );
      const { code, side, path } = Object(error);
      assert.deepEqual([values.length, code, side, path], [1, 'ERR_NOT_CLONEABLE', 'result', 'result.stream']);
      // One that is another when it is sent, as the last of its chunk and before others.
      const changing: readonly (readonly Makeable[])[] = [
        ['thenData', 'deepEnough', 'readableOnce'],
        ['thenData', 'readableOnce', 'deepEnough'],
      ];
      for (const items of changing) {
        const end = await outcome(executor.map(made.make, items, { chunkSize: 3 }));
        assert.deepEqual([end.values.length, Object(end.error).code], [items.indexOf('readableOnce'), code]);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M5-error-that-cannot-travel',
    rule: 'M5',
    title: 'an error of which a part cannot be sent is the failure at its place, without it',
    async run({ create, tasks: { chunks } }) {
      const executor = create({ maxWorkers: 1 });
      for (const chunkSize of [1, 5]) {
        const items = [0, 1, 2, 3, 4];
        for (const name of ['withHostObjects', 'withReadableOnce'] as const) {
          const { values, error } = await outcome(executor.map(partial(chunks.raiseAt, 3, name), items, { chunkSize }));
          assert.deepEqual([values, Object(error).message, Object(error).code], [[0, 1, 2], 'boom', 'E_BOOM']);
        }
      }
    },
  },
  {
    id: 'M5-task-that-is-not-there',
    rule: 'M5',
    title: 'a missing module and a missing export are told as they are for each item by itself',
    local: localOnly.modules,
    async run({ create, tasks: { basics }, folder }) {
      const executor = create({ maxWorkers: 2 });
      const missing = tasksFrom<{ work(item: number): number }>(`${folder()}/missing.js`).work;
      const unnamed: Task<[number], number> = { module: basics.add.module, name: 'substract' };
      for (const [task, code] of [
        [missing, 'ERR_TASK_MODULE'],
        [unnamed, 'ERR_TASK_NOT_FOUND'],
      ] as const) {
        const { values, error } = await outcome(executor.map(task, [1, 2, 3, 4, 5], { chunkSize: 2 }));
        assert.deepEqual([values, Object(error).code], [[], code]);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M5-crash-in-a-chunk',
    rule: 'M5',
    title: 'an item that exits its worker is a failure at its place: what was done is given out, nothing is run twice',
    requires: ['isolation'],
    async run({ create, tasks: { basics, chunks }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const items = [0, 1, 2, 3, 4, 5].map(
        (value): ChunkItem => ({ value, trace: log.handle, ...(value === 3 && { end: 'exit' }) }),
      );
      const { values, error } = await outcome(executor.map(chunks.step, items, { chunkSize: 6 }));
      assert.deepEqual([values, Object(error).code, Object(error).exitCode], [[0, 1, 2], 'ERR_WORKER_CRASHED', 3]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['0', '1', '2', '3']);
    },
  },
  {
    id: 'M5-killed-in-a-chunk',
    rule: 'M5',
    title: 'a worker that is killed in the middle of a chunk ends it with the crash, and nothing is run twice',
    requires: ['isolation'],
    kinds: ['process'],
    async run({ create, tasks: { basics, chunks }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const items = [0, 1, 2, 3, 4, 5].map(
        (value): ChunkItem => ({ value, trace: log.handle, ...(value === 3 && { end: 'kill' }) }),
      );
      const { values, error } = await outcome(executor.map(chunks.step, items, { chunkSize: 6 }));
      // The last moment's results are gone with it.
      assert.deepEqual(values, [0, 1, 2].slice(0, values.length));
      assert.deepEqual([Object(error).code, Object(error).signal], ['ERR_WORKER_CRASHED', 'SIGKILL']);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['0', '1', '2', '3']);
    },
  },
  {
    id: 'M5-late-error-of-an-item',
    rule: 'M5',
    title: 'what an item left behind and fails while a later one of its chunk runs costs that one nothing',
    requires: ['isolation'],
    async run({ create, tasks: { chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [fuse, log] = [await gate(), trace()];
      const items = [{ fuse: fuse.handle, trace: log.handle }, { trace: log.handle }];
      const end = outcome(executor.map(chunks.throwBehind, items, { chunkSize: 2 }));
      await log.until(1);
      fuse.open();
      assert.deepEqual(await end, { values: ['returned', 'finished'], error: undefined });
      // And the worker is replaced, as after any late error: at once or a little later, as what tells of it has a channel of its own.
      const next = async () => (await outcome(executor.map(chunks.whereIs, [1, 2], { chunkSize: 2 }))).values;
      let values = await next();
      while (values[0]?.worker === 1) values = await next();
      assert.deepEqual([values[0]?.worker, itemsPerCall(values)], [2, [2]]);
    },
  },
];
