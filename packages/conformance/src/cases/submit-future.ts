import assert from 'node:assert/strict';
import { type Task, tasksFrom } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { assertCode, errorOf } from './outcomes.js';
import { writeTaskFile } from './task-file.js';

/** S1, S2: what `submit` returns. */
export const futureCases: readonly ConformanceCase[] = [
  {
    id: 'S1-returns-before-the-task-ends',
    rule: 'S1',
    title: 'submit returns a Future while the task has yet to run',
    async run({ create, gate, tasks }) {
      const latch = await gate();
      const future = create().submit(tasks.basics.waitAt, latch.handle);
      assert.ok(future instanceof Promise);
      assert.ok(future.state === 'queued' || future.state === 'running', future.state);
      latch.open();
      await future;
    },
  },
  {
    id: 'S1-failures-arrive-as-rejections',
    rule: 'S1',
    title: 'what is wrong with a task, its module or its arguments never makes submit throw',
    async run({ create, folder, tasks }) {
      const executor = create();
      const missingModule = tasksFrom<{ work(): void }>(
        new URL('missing.mjs', writeTaskFile(folder(), 'here.mjs', '')),
      );
      const missingExport = tasksFrom<{ nowhere(): void }>(tasks.basics.add.module);
      const futures = [
        executor.submit(missingModule.work),
        executor.submit(missingExport.nowhere),
        executor.submit(tasks.basics.echo, () => {}),
        executor.submit(tasks.errors.raise, 'error'),
      ];
      for (const future of futures) assert.ok(future instanceof Promise);
      await Promise.all(futures.map(errorOf));
      for (const future of futures) assert.equal(future.state, 'rejected');
    },
  },
  {
    id: 'S1-no-task-at-all',
    rule: 'S1',
    title: 'something that is no task arrives as a rejection, and the executor works on',
    async run({ create, tasks }) {
      const executor = create();
      for (const wrong of [
        undefined,
        null,
        5,
        'work',
        {},
        { module: 5, name: 'work' },
        { module: 'work.js' },
        () => 1,
      ]) {
        const future = executor.submit(wrong as unknown as Task<[], void>);
        assert.ok(future instanceof Promise, `a Future for ${String(wrong)}`);
        await errorOf(future);
        assert.equal(future.state, 'rejected');
      }
      assert.equal(await executor.submit(tasks.basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S1-after-shutdown',
    rule: 'S1',
    title: 'submitting to an executor that was shut down arrives as a rejection, through a view too',
    async run({ create, tasks }) {
      const executor = create();
      await executor.shutdown();
      await assertCode(executor.submit(tasks.basics.add, 1, 2), 'ERR_EXECUTOR_SHUTDOWN');
      await assertCode(executor.with({ priority: 1 }).submit(tasks.basics.add, 1, 2), 'ERR_EXECUTOR_SHUTDOWN');
    },
  },
  {
    id: 'S2-future-is-a-promise',
    rule: 'S2',
    title: 'a Future works with await, Promise.all, finally and wherever else a promise does',
    async run({ create, tasks: { basics, errors } }) {
      const executor = create();
      const future = executor.submit(basics.add, 1, 2);
      assert.ok(future instanceof Promise);
      assert.equal(await future, 3);
      assert.equal(await Promise.resolve(future), 3);
      assert.equal(await (async () => future)(), 3);
      assert.deepEqual(await Promise.all([future, executor.submit(basics.add, 3, 4)]), [3, 7]);
      let finals = 0;
      const countFinals = () => {
        finals += 1;
      };
      assert.equal(await future.finally(countFinals), 3);
      const failing = executor.submit(errors.raise, 'error').finally(countFinals);
      await errorOf(failing);
      assert.equal(finals, 2);
      const [first, second] = await Promise.allSettled([executor.submit(errors.raise, 'error'), future]);
      assert.deepEqual([first.status, second.status], ['rejected', 'fulfilled']);
    },
  },
  {
    id: 'S2-then-gives-a-plain-promise',
    rule: 'S2',
    title: 'then, catch and finally give plain promises, not Futures',
    async run({ create, tasks }) {
      const future = create().submit(tasks.basics.add, 1, 2);
      for (const derived of [future.then((sum) => sum), future.catch(() => 0), future.finally(() => {})]) {
        assert.equal(Object.getPrototypeOf(derived), Promise.prototype);
        assert.ok(!('cancel' in derived));
        assert.equal(await derived, 3);
      }
    },
  },
  {
    id: 'S2-id-task-and-cancel',
    rule: 'S2',
    title: 'a Future knows its id, unique in the executor, and its task, and can be cancelled',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const futures = Array.from({ length: 10 }, (_, index) => executor.submit(basics.add, index, 1));
      assert.equal(new Set(futures.map((future) => future.id)).size, 10);
      for (const future of futures) {
        assert.equal(typeof future.id, 'number');
        assert.deepEqual([future.task.module, future.task.name], [basics.add.module, 'add']);
        assert.equal(typeof future.cancel, 'function');
      }
      await Promise.all(futures);
      assert.equal(futures[0]?.cancel(), false);
    },
  },
];
