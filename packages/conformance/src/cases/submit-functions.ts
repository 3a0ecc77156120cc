import assert from 'node:assert/strict';
import { inlineTask, partial, type Task } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { assertCode, errorOf } from './outcomes.js';

/** S11, S12: functions sent as text, and bound arguments. */
export const functionCases: readonly ConformanceCase[] = [
  {
    id: 'S11-functions-are-never-sent-unasked',
    rule: 'S11',
    title: 'a function given as the task or as an argument is refused, and its text is never asked for',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      let asked = 0;
      const fn = Object.assign(() => 1, {
        toString() {
          asked += 1;
          return '() => 1';
        },
      });
      await errorOf(executor.submit(fn as unknown as Task<[], number>));
      await assertCode(executor.submit(basics.echo, fn), 'ERR_NOT_CLONEABLE');
      assert.equal(asked, 0);
    },
  },
  {
    id: 'S11-inline-task',
    rule: 'S11',
    title: 'inlineTask sends a self-contained function: sync, async, a method, one that imports built-ins',
    local: localOnly.modules,
    async run({ create }) {
      const executor = create();
      const { double } = { double(n: number) { return n * 2; } }; // biome-ignore format: a method, whose text is no expression
      const usesBuiltin = inlineTask(async (path: string) => (await import('node:path')).basename(path));
      assert.equal(
        await executor.submit(
          inlineTask((a: number, b: number) => a + b),
          1,
          2,
        ),
        3,
      );
      assert.equal(
        await executor.submit(
          inlineTask(async (text: string) => text.length),
          'four',
        ),
        4,
      );
      assert.equal(await executor.submit(inlineTask(double), 21), 42);
      assert.equal(await executor.submit(usesBuiltin, '/a/b.txt'), 'b.txt');
    },
  },
  {
    id: 'S11-inline-task-sees-nothing-around-it',
    rule: 'S11',
    title: 'what a function of inlineTask would take from around it is a ReferenceError at the caller',
    local: localOnly.modules,
    async run({ create }) {
      const outside = 5;
      const error = await errorOf(create().submit(inlineTask(() => outside + 1)));
      assert.ok(error instanceof ReferenceError, error.stack);
      assert.match(error.message, /outside/);
    },
  },
  {
    id: 'S12-binds-leading-arguments',
    rule: 'S12',
    title: 'partial binds leading arguments, again and again, and leaves the task as it was',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const one = partial(basics.all, 'a');
      const three = partial(one, 'b', ['c']);
      assert.deepEqual(await executor.submit(three, 'd', 'e'), ['a', 'b', ['c'], 'd', 'e']);
      assert.deepEqual(await executor.submit(one), ['a']);
      assert.deepEqual(await executor.submit(basics.all, 'z'), ['z']);
      const sum: number = await executor.submit(partial(basics.add, 40), 2);
      assert.equal(sum, 42);
      assert.equal(await executor.submit(partial(basics.add, 40, 2)), 42);
    },
  },
  {
    id: 'S12-everywhere-a-task-is-taken',
    rule: 'S12',
    title: 'a task with bound arguments works in map, through views and in a Future',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const plusTen = partial(basics.add, 10);
      const sums: number[] = [];
      for await (const sum of executor.map(plusTen, [1, 2, 3])) sums.push(sum);
      assert.deepEqual(sums, [11, 12, 13]);
      const future = executor.with({ priority: 1 }).submit(plusTen, 5);
      assert.equal(await future, 15);
      assert.deepEqual([future.task.module, future.task.name], [basics.add.module, 'add']);
    },
  },
  {
    id: 'S12-copies-are-bound-too',
    rule: 'S12',
    title: 'a copy of a task has its bound arguments, also where it went to a worker and back',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const plusTen = partial(basics.add, 10);
      const copies = [{ ...plusTen }, structuredClone(plusTen), await executor.submit(basics.echo, plusTen)];
      for (const copy of copies) assert.equal(await executor.submit(copy as typeof plusTen, 2), 12);
    },
  },
  {
    id: 'S12-bound-arguments-count',
    rule: 'S12',
    title: 'bound arguments are copied for each call, and counted where one cannot travel',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const list: unknown[] = [1];
      const bound = partial(basics.all, list);
      assert.deepEqual(await executor.submit(bound, 2), [[1], 2]);
      list.push('more');
      assert.deepEqual(await executor.submit(bound, 2), [[1, 'more'], 2]);
      await assert.rejects(
        executor.submit(bound, () => {}),
        { code: 'ERR_NOT_CLONEABLE', path: 'args[1]' },
      );
    },
  },
];
