import assert from 'node:assert/strict';
import { inlineTask } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { crashOf } from './crash.js';
import { reasonOf } from './rejection.js';

const requires = ['recycle'] as const;

/** How often each value occurs. */
function counts(values: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
}

/** W7: workers that are replaced after so many tasks. */
export const workerRecyclingCases: readonly ConformanceCase[] = [
  {
    id: 'W7-what-was-not-sent',
    rule: 'W7',
    title: 'a task whose arguments turned out to be none that can be sent does not count',
    requires,
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1, maxTasksPerWorker: 2 });
      const { workerId } = await executor.submit(control.readContext);
      let reads = 0;
      const changing = Object.defineProperty(
        Object.fromEntries(Array.from({ length: 1100 }, (_, n) => [`key${n}`, n])),
        'last',
        { enumerable: true, get: () => (reads++ === 0 ? 1 : () => {}) },
      );
      await assert.rejects(executor.submit(basics.echo, changing), { code: 'ERR_NOT_CLONEABLE' });
      assert.equal((await executor.submit(control.readContext)).workerId, workerId);
    },
  },
  {
    id: 'W7-after-exactly-so-many',
    rule: 'W7',
    title: 'a worker runs exactly maxTasksPerWorker tasks, failing ones included, and the next task has another',
    requires,
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1, maxTasksPerWorker: 3 });
      const ids: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        ids.push((await executor.submit(control.readContext)).workerId);
        await assert.rejects(executor.submit(control.failWith, 'broken'), { message: 'broken' });
        ids.push((await executor.submit(control.readContext)).workerId);
      }
      assert.equal(new Set(ids).size, 3);
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
      );
      assert.deepEqual([...counts(ids).values()], [2, 2, 2]);
    },
  },
  {
    id: 'W7-what-never-ran-is-not-counted',
    rule: 'W7',
    title: 'a task whose arguments cannot travel, and one that was cancelled in the queue, do not count',
    requires,
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1, maxTasksPerWorker: 3 });
      const door = await gate();
      const first = executor.submit(control.workerIdAt, door.handle);
      await door.waiting(1);
      const cancelled = [1, 2, 3].map(() => executor.submit(basics.nothing));
      for (const future of cancelled) assert.equal(future.cancel(), true);
      const refused = [1, 2, 3].map(() =>
        assert.rejects(
          executor.submit(basics.echo, () => {}),
          { code: 'ERR_NOT_CLONEABLE' },
        ),
      );
      const others = [1, 2, 3].map(() => executor.submit(control.readContext));
      door.open();
      const ids = [await first, ...(await Promise.all(others)).map(({ workerId }) => workerId)];
      await Promise.all(refused);
      assert.deepEqual([...counts(ids).values()], [3, 1], ids.join());
    },
  },
  {
    id: 'W7-no-task-is-lost',
    rule: 'W7',
    title: 'under load, with workers that come and go all the time, each task runs once and no worker runs too many',
    requires,
    cap: 60_000,
    async run({ create, tasks: { control } }) {
      for (const maxTasksPerWorker of [1, 3]) {
        const executor = create({ maxWorkers: 3, maxTasksPerWorker });
        const futures = Array.from({ length: 15 * maxTasksPerWorker }, () => executor.submit(control.readContext));
        const facts = await Promise.all(futures);
        assert.deepEqual(
          facts.map(({ taskId }) => taskId),
          futures.map(({ id }) => id),
        );
        const perWorker = counts(facts.map(({ workerId }) => workerId));
        assert.ok(Math.max(...perWorker.values()) <= maxTasksPerWorker, [...perWorker.values()].join());
        await executor.shutdown();
      }
    },
  },
  {
    id: 'W7-with-crashes-and-cancels',
    rule: 'W7',
    title: 'crashes and cancels in between cost their own tasks alone, and no worker runs too many',
    requires: ['recycle', 'isolation', 'terminate'],
    cap: 60_000,
    async run({ create, tasks: { control, lifecycle }, trace }) {
      const executor = create({ maxWorkers: 2, maxTasksPerWorker: 2, cancelGrace: 0 });
      const sound = [];
      const others: Promise<unknown>[] = [];
      for (let round = 0; round < 4; round += 1) {
        const log = trace();
        sound.push(executor.submit(control.readContext), executor.submit(control.readContext));
        others.push(crashOf(executor.submit(lifecycle.exitWith, round)));
        sound.push(executor.submit(control.readContext));
        const loop = executor.submit(control.spinForever, log.handle);
        others.push(
          reasonOf(loop),
          log.until(1).then(() => loop.cancel()),
        );
      }
      const facts = await Promise.all(sound);
      await Promise.all(others);
      const perWorker = counts(facts.map(({ workerId }) => workerId));
      assert.ok(Math.max(...perWorker.values()) <= 2, [...perWorker.values()].join());
    },
  },
  {
    id: 'W7-ends-cleanly',
    rule: 'W7',
    title: 'a worker that is replaced runs its finalizer and its exit handlers, and shutdown() waits for it',
    requires,
    async run({ create, tasks: { basics, lifecycle }, trace, gate }) {
      const [log, door] = [trace(), await gate()];
      const finalizer = { task: lifecycle.finishAt, args: [door.handle, log.handle] } as const;
      const executor = create({ maxWorkers: 1, maxTasksPerWorker: 1, stopTimeout: 60_000, finalizer });
      await executor.submit(lifecycle.traceExit, log.handle, 'exit');
      await door.waiting(1);
      // Another has taken its place already.
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      await door.waiting(2);
      const shutdown = executor.shutdown();
      assert.equal(executor.state, 'draining');
      door.open();
      await shutdown;
      const lines = log.lines();
      assert.equal(lines.filter((line) => line === 'finalizer').length, 2);
      assert.ok(lines.includes('exit'));
    },
  },
  {
    id: 'W7-min-workers-are-kept',
    rule: 'W7',
    title: 'minWorkers are there again after each replacement, before a task needs them',
    requires,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const initializer = { task: lifecycle.initialize, args: [starts.handle] } as const;
      const executor = create({ maxWorkers: 2, minWorkers: 2, maxTasksPerWorker: 1, initializer });
      for (let round = 1; round <= 3; round += 1) {
        assert.equal(await executor.submit(basics.add, round, 1), round + 1);
        await starts.until(2 + round);
      }
      await executor.warmUp();
      assert.equal(starts.lines().length, 5);
    },
  },
];

/** Fills the heap with so many megabytes of numbers, and lets go of them. */
const fill = inlineTask((megabytes: number) => {
  const kept = Array.from({ length: megabytes }, (_, i) => Array.from({ length: 1 << 17 }, (__, j) => i + j + 0.5));
  return kept.length;
});

/** W8: workers whose heap is bounded. */
export const workerLimitCases: readonly ConformanceCase[] = [
  {
    id: 'W8-bounds-the-heap',
    rule: 'W8',
    title: 'a task that needs more heap than resourceLimits allow is W2 with outOfMemory, and nothing else suffers',
    requires: ['resourceLimits'],
    cap: 60_000,
    async run({ create, tasks: { basics, lifecycle }, gate }) {
      const executor = create({ maxWorkers: 2, resourceLimits: { maxOldGenerationSizeMb: 48 } });
      const door = await gate();
      const neighbour = executor.submit(basics.waitAndReturn, door.handle, 'neighbour');
      await door.waiting(1);
      // Twice: a replacement has the limits, too.
      for (let round = 0; round < 2; round += 1) {
        const greedy = executor.submit(lifecycle.allocateWithoutEnd);
        const queued = executor.submit(basics.add, round, 1);
        const { outOfMemory, during } = await crashOf(greedy);
        assert.deepEqual({ outOfMemory, during }, { outOfMemory: true, during: 'run' });
        assert.equal(await queued, round + 1);
      }
      door.open();
      assert.equal(await neighbour, 'neighbour');
    },
  },
  {
    id: 'W8-within-the-bounds',
    rule: 'W8',
    title: 'the same task ends well where resourceLimits allow it, and badly where they do not',
    requires: ['resourceLimits'],
    cap: 60_000,
    async run({ create }) {
      const [narrow, wide] = [40, 400].map((maxOldGenerationSizeMb) =>
        create({ maxWorkers: 1, resourceLimits: { maxOldGenerationSizeMb } }),
      );
      assert.equal(await wide?.submit(fill, 120), 120);
      assert.equal((await crashOf(Promise.resolve(narrow?.submit(fill, 120)))).outOfMemory, true);
      assert.equal(await narrow?.submit(fill, 1), 1);
    },
  },
  {
    id: 'W8-all-of-the-limits',
    rule: 'W8',
    title: 'each of the resourceLimits reaches the workers as it was given, replacements included',
    requires: ['resourceLimits'],
    async run({ create, tasks: { lifecycle } }) {
      const resourceLimits = {
        maxOldGenerationSizeMb: 96,
        maxYoungGenerationSizeMb: 24,
        codeRangeSizeMb: 16,
        stackSizeMb: 2,
      };
      const executor = create({ maxWorkers: 1, resourceLimits });
      assert.deepEqual(await executor.submit(lifecycle.limitsOfTheWorker), resourceLimits);
      await crashOf(executor.submit(lifecycle.exitWith, 3));
      assert.deepEqual(await executor.submit(lifecycle.limitsOfTheWorker), resourceLimits);
      const some = create({ maxWorkers: 1, resourceLimits: { stackSizeMb: 3 } });
      assert.equal((await some.submit(lifecycle.limitsOfTheWorker)).stackSizeMb, 3);
    },
  },
];
