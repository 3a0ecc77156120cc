import assert from 'node:assert/strict';
import type { Submitter } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';

/** Submits a task per entry while the only worker is busy, and gives the order in which they then started. */
async function startOrder(
  { create, gate, tasks: { basics }, trace }: CaseContext,
  entries: readonly (readonly [name: string, priority?: number])[],
): Promise<string[]> {
  const [latch, started] = [await gate(), trace()];
  const executor = create({ maxWorkers: 1 });
  const blocker = executor.submit(basics.waitAt, latch.handle);
  await latch.waiting(1);
  const futures = entries.map(([name, priority]) => {
    const submitter: Submitter = priority === undefined ? executor : executor.with({ priority });
    return submitter.submit(basics.leaveTrace, started.handle, name);
  });
  latch.open();
  await Promise.all([blocker, ...futures]);
  return started.lines();
}

/** S7: the order in which tasks start. */
export const orderCases: readonly ConformanceCase[] = [
  {
    id: 'S7-first-in-first-out',
    rule: 'S7',
    title: 'tasks start in the order of submission',
    async run(context) {
      const names = Array.from({ length: 50 }, (_, index) => `task ${index}`);
      const order = await startOrder(
        context,
        names.map((name) => [name]),
      );
      assert.deepEqual(order, names);
    },
  },
  {
    id: 'S7-higher-priority-first',
    rule: 'S7',
    title: 'a task of higher priority starts before those submitted earlier',
    async run(context) {
      const order = await startOrder(context, [
        ['low', 1],
        ['middle', 5],
        ['high', 10],
        ['highest', 1e9],
      ]);
      assert.deepEqual(order, ['highest', 'high', 'middle', 'low']);
    },
  },
  {
    id: 'S7-any-finite-priority',
    rule: 'S7',
    title: 'priorities may be negative or fractional; the default is 0',
    async run(context) {
      const order = await startOrder(context, [
        ['-1', -1],
        ['none'],
        ['0', 0],
        ['0.5', 0.5],
        ['-0.5', -0.5],
        ['-1e9', -1e9],
      ]);
      assert.deepEqual(order, ['0.5', 'none', '0', '-0.5', '-1', '-1e9']);
    },
  },
  {
    id: 'S7-however-large-or-close',
    rule: 'S7',
    title: 'priorities count however large they are, and however little they differ',
    async run(context) {
      const near = [0, Number.MIN_VALUE, 1e-9, 1 - Number.EPSILON, 1, 1 + Number.EPSILON, 99, 100, 101, 255, 256];
      const far = [999, 1000, 1001, 65_536, 2 ** 31, 2 ** 31 + 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 1e300];
      const ascending = [...near, ...far, Number.MAX_VALUE];
      const priorities = [
        ...ascending
          .slice(1)
          .map((priority) => -priority)
          .reverse(),
        ...ascending,
      ];
      const order = await startOrder(
        context,
        priorities.map((priority) => [`${priority}`, priority]),
      );
      assert.deepEqual(order, priorities.map(String).reverse());
    },
  },
  {
    id: 'S7-equal-priorities-keep-their-order',
    rule: 'S7',
    title: 'within a priority, tasks start in the order of submission, whichever view they came through',
    async run(context) {
      const entries = Array.from({ length: 60 }, (_, index): [string, number] => [`${index}`, index % 3]);
      const order = await startOrder(context, entries);
      const expected = [2, 1, 0].flatMap((priority) => entries.filter((entry) => entry[1] === priority));
      assert.deepEqual(
        order,
        expected.map(([name]) => name),
      );
    },
  },
  {
    id: 'S7-later-higher-priority-outranks',
    rule: 'S7',
    title: 'a task of higher priority submitted last starts first of those that have not started',
    async run({ create, gate, tasks: { basics }, trace }) {
      const [first, second, started] = [await gate(), await gate(), trace()];
      const executor = create({ maxWorkers: 1 });
      const futures = [
        executor.submit(basics.waitAt, first.handle),
        executor.submit(basics.traceAndWait, second.handle, started.handle, 'first'),
        executor.submit(basics.leaveTrace, started.handle, 'last'),
      ];
      first.open();
      await second.waiting(1);
      futures.push(executor.with({ priority: 1 }).submit(basics.leaveTrace, started.handle, 'urgent'));
      second.open();
      await Promise.all(futures);
      assert.deepEqual(started.lines(), ['first', 'urgent', 'last']);
    },
  },
];
