import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { spin } from './busy.js';
import { warningsDuring } from './warnings.js';

/** Rule D5: tasks that starve are made visible. */
export const starvationCases: readonly ConformanceCase[] = [
  {
    id: 'D5-warns-once',
    rule: 'D5',
    title:
      'a task that waits longer than starvationThreshold while every worker is busy gives one warning: pool, number, tasks and times',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 2, name: 'the pool', starvationThreshold: 50 });
      const door = await gate();
      const warnings = await warningsDuring(async () => {
        const warned = new Promise((resolve) => process.once('warning', resolve));
        const began = performance.now();
        const holders = [executor.submit(basics.waitAt, door.handle), executor.submit(basics.waitAt, door.handle)];
        await door.waiting(2);
        const waiting = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
        await warned;
        const { longestWait, active, queued } = executor.stats();
        assert.ok(longestWait >= 50, String(longestWait));
        assert.deepEqual([queued, active.map(({ task }) => task.name)], [3, ['waitAt', 'waitAt']]);
        for (const { id, workerId } of active) assert.ok(id > 0 && workerId > 0);
        // That a task has begun is heard of later than the task itself is.
        const runTimes = (): number[] => executor.stats().active.map(({ runTime }) => runTime);
        while (runTimes().some((runTime) => runTime < 50)) await new Promise((resolve) => setTimeout(resolve, 5));
        const last = runTimes();
        assert.ok(Math.max(...last) <= performance.now() - began, String(last));
        door.open();
        await Promise.all([...holders, ...waiting]);
        // It is said once.
        const again = await gate();
        const more = [1, 2, 3].map(() => executor.submit(basics.waitAt, again.handle));
        while (executor.stats().longestWait < 200) await new Promise((resolve) => setTimeout(resolve, 5));
        again.open();
        await Promise.all(more);
      });
      const [warning] = warnings;
      assert.deepEqual([warnings.length, warning?.name], [1, 'StarvationWarning']);
      assert.match(
        warning?.message ?? '',
        /'the pool'.* waited for \d+ ms.*; 3 are waiting.*'waitAt' \(for \d+ ms\), 'waitAt' \(for \d+ ms\)/,
      );
    },
  },
  {
    id: 'D5-warns-once-in-a-burst',
    rule: 'D5',
    title:
      'thousands of small tasks that wait longer than starvationThreshold give one warning, which says what the workers do',
    kinds: ['thread', 'process'],
    async run({ create }) {
      const executor = create({ maxWorkers: 2, starvationThreshold: 100 });
      await executor.warmUp();
      const warnings = await warningsDuring(async () => {
        const futures: Promise<unknown>[] = [];
        const submit = (count: number): void => {
          for (let n = 0; n < count; n += 1) futures.push(executor.submit(spin, 0.05));
        };
        // First there is always something that waits, and nothing for long; then far too much.
        for (const enough = performance.now() + 600; performance.now() < enough; ) {
          submit(100);
          await futures[futures.length - 50];
        }
        submit(8000);
        await Promise.all(futures);
      });
      assert.deepEqual(
        warnings.map(({ name }) => name),
        ['StarvationWarning'],
      );
      assert.match(
        warnings[0]?.message ?? '',
        /The workers (?:run 'spin' \(for \d+ ms\)|are between two of their tasks)/,
      );
    },
  },
  {
    id: 'D5-no-warning-without-need',
    rule: 'D5',
    title: 'there is no warning with a threshold of Infinity, nor for tasks under a limit that leave workers idle',
    async run({ create, tasks: { basics }, gate }) {
      const warnings = await warningsDuring(async () => {
        for (const { limit, starvationThreshold } of [
          { limit: 2, starvationThreshold: Number.POSITIVE_INFINITY },
          { limit: 1, starvationThreshold: 20 },
        ]) {
          const executor = create({ maxWorkers: 2, starvationThreshold });
          const door = await gate();
          const view = executor.limit(limit);
          const futures = [1, 2, 3].map(() => view.submit(basics.waitAt, door.handle));
          await door.waiting(limit);
          // Longer than the threshold, as the clock of the warning counts it.
          const longEnough = performance.now() + 200;
          while (performance.now() < longEnough) await new Promise((resolve) => setTimeout(resolve, 5));
          door.open();
          await Promise.all(futures);
        }
      });
      assert.deepEqual(warnings, []);
    },
  },
];
