import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { outcome } from './map-outcome.js';

const requires = ['stream'] as const;

/** P3: failures come after the items before them. */
export const streamFailureCases: readonly ConformanceCase[] = [
  {
    id: 'P3-error-after-the-items',
    rule: 'P3',
    title: 'an error that the generator throws comes after all items before it, and then the stream is over',
    requires,
    async run({ create, tasks: { basics, streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const task of [streams.countAndThrow, streams.countAndThrowSync]) {
        for (const highWaterMark of [1, 16, 2000]) {
          for (const length of [0, 3, 1000]) {
            const items = executor.with({ highWaterMark }).stream(task, length, 'boom');
            const { values, error } = await outcome(items);
            assert.equal(values.length, length);
            assert.ok(error instanceof RangeError && error.message === 'boom', `${error}`);
            assert.deepEqual(await items.next(), { done: true, value: undefined });
          }
        }
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'P3-step-that-is-no-object',
    rule: 'P3',
    title: 'a step of an iterator that is no object is a TypeError after the items before it',
    requires,
    async run({ create, tasks: { streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const task of [streams.badStep, streams.badStepLater]) {
        const { values, error } = await outcome(executor.stream(task));
        assert.deepEqual([values, error instanceof TypeError], [[0, 1], true], task.name);
      }
    },
  },
  {
    id: 'P3-error-while-nobody-reads',
    rule: 'P3',
    title: 'an error that comes while nobody reads waits for its turn, and is no unhandled rejection',
    requires,
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const items = executor.stream(tasks.streams.countAndThrow, 3, 'boom');
        console.log((await items.next()).value);
        // Behind it on the same worker: the stream has ended when this has.
        await executor.submit(tasks.basics.nothing);
        await new Promise((resolve) => setImmediate(resolve));
        try {
          for await (const item of items) console.log(item);
        } catch (error) {
          console.log(error.message);
        }
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '0\n1\n2\nboom\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'P3-several-next-and-an-error',
    rule: 'P3',
    title: 'of several calls of next() that wait, the first past the items gets the error, the others are done',
    requires,
    async run({ create, tasks: { streams } }) {
      const items = create({ maxWorkers: 1 }).stream(streams.countAndThrow, 2, 'boom');
      const ends = await Promise.allSettled(Array.from({ length: 5 }, () => items.next()));
      assert.deepEqual(
        ends.map((end) => (end.status === 'rejected' ? end.reason.message : end.value.done || end.value.value)),
        [0, 1, 'boom', true, true],
      );
    },
  },
  {
    id: 'P3-crash-after-the-items',
    rule: 'P3',
    title: 'the death of the worker comes after the items that it sent before',
    requires: ['stream', 'isolation'],
    async run({ create, tasks: { basics, streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const highWaterMark of [1, 16]) {
        const { values, error } = await outcome(executor.with({ highWaterMark }).stream(streams.countAndExit, 10, 4));
        assert.deepEqual(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert.deepEqual([Object(error).code, Object(error).exitCode], ['ERR_WORKER_CRASHED', 4]);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
  {
    id: 'P3-crash-while-nobody-reads',
    rule: 'P3',
    title: 'a worker that dies while nobody reads loses no item that it had sent',
    requires: ['stream', 'isolation'],
    async run({ create, gate, tasks: { basics, streams } }) {
      const door = await gate();
      const executor = create({ maxWorkers: 1 });
      const items = executor.stream(streams.countAndExitAt, 5, door.handle);
      assert.equal((await items.next()).value, 0);
      const behind = executor.submit(basics.add, 1, 2);
      await door.waiting(1);
      door.open();
      assert.equal(await behind, 3);
      const { values, error } = await outcome(items);
      assert.deepEqual([values, Object(error).exitCode], [[1, 2, 3, 4], 9]);
    },
  },
  {
    id: 'P3-item-that-cannot-travel',
    rule: 'P3',
    title: 'an item that cannot travel is an error at its place, with its path, and closes the generator',
    requires,
    async run({ create, tasks: { basics, streams }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const items = executor.stream(streams.uncloneable, log.handle);
      assert.equal((await items.next()).value, 'first');
      const refused = items.next();
      await assert.rejects(refused, { code: 'ERR_NOT_CLONEABLE', path: 'item.onDone', side: 'result' });
      assert.deepEqual(await items.next(), { done: true, value: undefined });
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['finally']);
    },
  },
];
