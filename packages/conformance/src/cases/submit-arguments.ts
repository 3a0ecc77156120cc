import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { assertCode, errorOf } from './outcomes.js';
import { reasonOf } from './rejection.js';

/** S5, S6: what goes into a task and what comes out. */
export const argumentCases: readonly ConformanceCase[] = [
  {
    id: 'S5-arguments-are-positional',
    rule: 'S5',
    title: 'a task gets exactly the arguments it was submitted with, in their places',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      for (const list of [
        [],
        [undefined],
        [undefined, 1, undefined],
        [1, 'a', null, [2]],
        Array.from({ length: 200 }, (_, i) => i),
      ]) {
        assert.deepEqual(await executor.submit(basics.all, ...list), list);
      }
    },
  },
  {
    id: 'S5-bound-modules',
    rule: 'S5',
    title:
      "bind() gives the tasks of a module as functions that submit; neither they nor the module's tasks pass for a promise",
    async run({ create, tasks }) {
      const executor = create();
      const basics = await executor.bind(await tasks.basics);
      const future = basics.add(1, 2);
      assert.deepEqual([future.task.name, await future], ['add', 3]);
      assert.deepEqual(await Promise.all([basics.addLater(3, 4), basics.all('a', 'b')]), [7, ['a', 'b']]);
      await assertCode(
        basics.echo(() => {}),
        'ERR_NOT_CLONEABLE',
      );
    },
  },
  {
    id: 'S5-result-is-awaited',
    rule: 'S5',
    title: 'the result of an async task is what its promise resolves to, however often it is wrapped',
    async run({ create, tasks: { basics, values } }) {
      const executor = create();
      const sum: number = await executor.submit(basics.addLater, 1, 2);
      assert.equal(sum, 3);
      assert.equal(await executor.submit(values.promised, 3, 'deep'), 'deep');
    },
  },
  {
    id: 'S6-sync-and-async-alike',
    rule: 'S6',
    title: 'a sync and an async task that do the same give the same',
    async run({ create, tasks: { basics, errors } }) {
      const executor = create();
      assert.equal(await executor.submit(basics.add, 1, 2), await executor.submit(basics.addLater, 1, 2));
      const [now, later] = [
        await errorOf(executor.submit(errors.raise, 'coded')),
        await errorOf(executor.submit(errors.raiseLater, 'coded')),
      ];
      assert.deepEqual({ ...now, message: now.message }, { ...later, message: later.message });
    },
  },
  {
    id: 'S6-thenables-are-awaited',
    rule: 'S6',
    title: 'a bare thenable returned by a task is awaited: fulfilled, rejected, nested or throwing',
    async run({ create, tasks: { values, errors } }) {
      const executor = create();
      assert.equal(await executor.submit(values.thenable, 1, 'value'), 'value');
      assert.equal(await executor.submit(values.thenable, 3, 'deep'), 'deep');
      assert.equal((await errorOf(executor.submit(errors.rejectThenable, 'typeError'))).message, 'boom');
      assert.equal(await reasonOf(executor.submit(values.throwingThenable, 'thrown by then')), 'thrown by then');
    },
  },
  {
    id: 'S6-empty-results',
    rule: 'S6',
    title: "undefined, null, 0, false, NaN and '' are results like any other",
    async run({ create, tasks: { basics, values } }) {
      const executor = create();
      for (const value of [undefined, null, 0, -0, '', false, Number.NaN, 0n]) {
        assert.deepEqual([await executor.submit(basics.echo, value)], [value]);
        assert.deepEqual([await executor.submit(values.promised, 1, value)], [value]);
      }
      assert.equal(await executor.submit(basics.nothing), undefined);
    },
  },
  {
    id: 'S6-options-as-arguments',
    rule: 'S6',
    title: 'a last argument that looks like options is data',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const lookalikes = [
        { timeout: 0, runTimeout: -1, priority: 'high', signal: { aborted: true } },
        { transferList: [], transfer: true, name: 'add', filename: 'x', channel: 1 },
        { signal: null, cancelGrace: 0, on: 1, workerId: 5, taskId: 6 },
      ];
      for (const options of lookalikes) {
        assert.deepEqual(await executor.submit(basics.all, 1, options), [1, options]);
        assert.deepEqual(await executor.submit(basics.echo, options), options);
      }
    },
  },
];
