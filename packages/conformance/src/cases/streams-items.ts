import assert from 'node:assert/strict';
import { partial } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { outcome } from './map-outcome.js';
import { assertCode } from './outcomes.js';

const requires = ['stream'] as const;

/** P2: what items come, in which order, and how far ahead of the caller they are made. */
export const streamItemCases: readonly ConformanceCase[] = [
  {
    id: 'P2-items-in-order',
    rule: 'P2',
    title: 'the items of every sort of iterator come in the order in which they are made',
    requires,
    async run({ create, tasks: { streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const task of [
        streams.count,
        streams.countSync,
        streams.countLater,
        streams.bareIterator,
        streams.bareAsyncIterable,
      ]) {
        for (const length of [0, 1, 5, 100]) {
          const { values, error } = await outcome(executor.stream(task, length));
          assert.deepEqual([values, error], [Array.from({ length }, (_, i) => i), undefined], task.name);
        }
      }
      assert.deepEqual((await outcome(executor.stream(partial(streams.count, 3)))).values, [0, 1, 2]);
    },
  },
  {
    id: 'P2-any-items',
    rule: 'P2',
    title: 'empty values are items like any other, and items are cloned as results are',
    requires,
    async run({ create, tasks: { streams } }) {
      const executor = create({ maxWorkers: 1 });
      const items = [
        undefined,
        null,
        0,
        '',
        false,
        [],
        { done: true, value: 1 },
        new Map([['a', new Date(0)]]),
        -0,
        5n,
      ];
      for (const task of [streams.give, streams.giveSync])
        assert.deepEqual((await outcome(executor.stream(task, items))).values, items);
    },
  },
  {
    id: 'P2-as-they-are-made',
    rule: 'P2',
    title: 'an item is there while the task is still at work on the next',
    requires,
    async run({ create, gate, tasks: { streams } }) {
      const door = await gate();
      const items = create({ maxWorkers: 1 }).stream(streams.aroundGate, door.handle);
      assert.deepEqual(await items.next(), { done: false, value: 'before' });
      const next = items.next();
      await door.waiting(1);
      door.open();
      assert.deepEqual(await next, { done: false, value: 'after' });
      assert.deepEqual(await items.next(), { done: true, value: undefined });
      assert.deepEqual(await items.next(), { done: true, value: undefined });
    },
  },
  ...[1, 2, 5].map(
    (highWaterMark): ConformanceCase => ({
      id: `P2-no-more-than-${highWaterMark}-ahead`,
      rule: 'P2',
      title: `with a highWaterMark of ${highWaterMark}, no more items than that are made and not yet read`,
      requires,
      async run({ create, tasks: { basics, streams }, trace }) {
        const executor = create({ maxWorkers: 2 });
        for (const task of [streams.endless, streams.endlessSync]) {
          const made = trace();
          const items = executor.with({ highWaterMark }).stream(task, made.handle);
          for (let read = 0; read < 12; read += 1) {
            assert.deepEqual(await items.next(), { done: false, value: read });
            // Time enough for a task that does not wait to be asked.
            for (let i = 0; i < 5; i += 1) await executor.submit(basics.nothing);
            const ahead = made.lines().length - (read + 1);
            assert.ok(ahead <= highWaterMark, `${ahead} items ahead after ${read + 1} were read`);
          }
          await items.return();
        }
      },
    }),
  ),
  {
    id: 'P2-ahead-of-the-reader',
    rule: 'P2',
    title: 'the task goes on while the caller is busy with an item, by default 16 items',
    requires,
    async run({ create, tasks: { streams }, trace }) {
      const made = trace();
      const items = create({ maxWorkers: 1 }).stream(streams.endless, made.handle);
      await items.next();
      await made.until(16);
      await items.return();
      assert.ok(made.lines().length <= 18, `${made.lines()}`);
    },
  },
  {
    id: 'P2-bad-high-water-mark',
    rule: 'P2',
    title: 'a highWaterMark that is no whole number from 1 throws at with(), which names it',
    requires,
    async run({ create }) {
      const executor = create();
      for (const highWaterMark of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(
          () => executor.with({ highWaterMark }),
          (error) => error instanceof RangeError && error.message.includes('highWaterMark'),
        );
      }
      assert.throws(() => executor.with({ highWaterMark: '16' as unknown as number }), TypeError);
      executor.with({ highWaterMark: undefined });
    },
  },
  {
    id: 'P2-begins-when-it-is-read',
    rule: 'P2',
    title: 'a stream that nobody reads has no worker, and its arguments are read when it is handed to one',
    requires,
    async run({ create, tasks: { basics, streams }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const unread = trace();
      executor.stream(streams.endless, unread.handle);
      const given: number[] = [1];
      const items = executor.stream(streams.give, given);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(unread.lines(), []);
      given.push(2);
      assert.deepEqual((await outcome(items)).values, [1, 2]);
    },
  },
  {
    id: 'P2-many-items',
    rule: 'P2',
    title: 'a hundred thousand items come, each once and in order',
    requires,
    cap: 60_000,
    async run({ create, tasks: { streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const [task, highWaterMark] of [
        [streams.count, 1000],
        [streams.countSync, 16],
      ] as const) {
        let next = 0;
        for await (const item of executor.with({ highWaterMark }).stream(task, 50_000)) assert.equal(item, next++);
        assert.equal(next, 50_000);
      }
    },
  },
  {
    id: 'P2-several-next-at-once',
    rule: 'P2',
    title: 'calls of next() that are made at once are answered in order, those past the end with done',
    requires,
    async run({ create, tasks: { streams } }) {
      for (const highWaterMark of [1, 16]) {
        const items = create({ maxWorkers: 1 }).with({ highWaterMark }).stream(streams.count, 5);
        const steps = await Promise.all(Array.from({ length: 8 }, () => items.next()));
        assert.deepEqual(
          steps.map(({ done, value }) => (done ? 'done' : value)),
          [0, 1, 2, 3, 4, 'done', 'done', 'done'],
        );
      }
    },
  },
  {
    id: 'P2-has-one-worker',
    rule: 'P2',
    title: 'a stream runs on one worker, which takes nothing else meanwhile; others run beside it',
    requires,
    async run({ create, tasks: { basics, streams } }) {
      const executor = create({ maxWorkers: 2 });
      const [one, two] = [executor.stream(streams.contexts, 20), executor.stream(streams.contextsSync, 20)];
      const first = [await one.next(), await two.next()].map(({ value }) => value?.workerId);
      assert.notEqual(first[0], first[1]);
      const behind = executor.submit(basics.add, 1, 2);
      assert.notEqual(behind.state, 'fulfilled');
      for (const [items, workerId] of [
        [one, first[0]],
        [two, first[1]],
      ] as const) {
        const { values } = await outcome(items);
        assert.deepEqual(
          values.map((value) => value.workerId),
          Array(19).fill(workerId),
        );
      }
      assert.equal(await behind, 3);
    },
  },
  {
    id: 'P2-in-its-context',
    rule: 'P2',
    title: 'every step of the generator is taken in the context of its task',
    requires,
    async run({ create, tasks: { streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const highWaterMark of [1, 16]) {
        for (const task of [streams.contexts, streams.contextsSync]) {
          const { values } = await outcome(executor.with({ highWaterMark }).stream(task, 10));
          const [first] = values;
          assert.ok(first !== undefined && first.taskId > 0);
          assert.deepEqual(values, Array(10).fill(first));
        }
      }
    },
  },
  {
    id: 'P2-moved-items',
    rule: 'P2',
    title: 'items may be moved: then the worker has them no longer, or copied, without the capability transfer',
    requires,
    async run({ create, capabilities, tasks: { moving } }) {
      const { values, error } = await outcome(create({ maxWorkers: 1 }).stream(moving.movedItems, [5, 100_000]));
      assert.equal(error, undefined);
      const left = (length: number) => (capabilities.transfer ? 0 : length);
      assert.deepEqual(values, [new Uint8Array(5).fill(7), left(5), new Uint8Array(100_000).fill(7), left(100_000)]);
    },
  },
  {
    id: 'P2-refused',
    rule: 'P2',
    title: 'an executor without the capability refuses stream() at the first next(), and highWaterMark at once',
    unless: ['stream'],
    async run({ create, tasks: { basics, streams } }) {
      const executor = create({ maxWorkers: 1 });
      const items = executor.stream(streams.count, 3);
      await assertCode(items.next(), 'ERR_UNSUPPORTED_OPTION');
      assert.deepEqual(await items.next(), { done: true, value: undefined });
      assert.throws(() => executor.with({ highWaterMark: 5 }), { code: 'ERR_UNSUPPORTED_OPTION' });
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
];
