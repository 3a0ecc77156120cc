import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

const kinds = ['thread', 'process'] as const;

export const workerLifetimeCases: readonly ConformanceCase[] = [
  {
    id: 'W1-starts-when-needed',
    rule: 'W1',
    title: 'workers start when tasks need them, and one task after the other needs only one',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({ maxWorkers: 4, initializer: { task: lifecycle.initialize, args: [starts.handle] } });
      assert.deepEqual(starts.lines(), []);
      for (let i = 0; i < 10; i += 1) assert.equal(await executor.submit(basics.add, i, 1), i + 1);
      // One that was started without need may not be up yet: it comes to its initializer before it is stopped.
      await executor.shutdown();
      assert.deepEqual(starts.lines(), ['initializer']);
    },
  },
  {
    id: 'W1-no-more-than-max-workers',
    rule: 'W1',
    title: 'as many workers start as tasks wait, up to maxWorkers',
    kinds,
    async run({ create, tasks: { control, lifecycle }, gate, trace }) {
      const starts = trace();
      const executor = create({ maxWorkers: 3, initializer: { task: lifecycle.initialize, args: [starts.handle] } });
      const [two, six] = [await gate(), await gate()];
      const pair = [1, 2].map(() => executor.submit(control.workerIdAt, two.handle));
      await two.waiting(2);
      two.open();
      assert.equal(new Set(await Promise.all(pair)).size, 2);
      assert.equal(starts.lines().length, 2);

      const futures = Array.from({ length: 6 }, () => executor.submit(control.workerIdAt, six.handle));
      await six.waiting(3);
      six.open();
      assert.equal(new Set(await Promise.all(futures)).size, 3);
      assert.equal(starts.lines().length, 3);
    },
  },
  {
    id: 'W1-min-workers-start',
    rule: 'W1',
    title: 'minWorkers start with the first task',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 3,
        minWorkers: 2,
        initializer: { task: lifecycle.initialize, args: [starts.handle] },
      });
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      await starts.until(2);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(starts.lines().length, 2);
    },
  },
  {
    id: 'W1-warm-up',
    rule: 'W1',
    title: 'warmUp(n) starts that many workers and resolves when they are up; the tasks then use these',
    kinds,
    async run({ create, tasks: { control, lifecycle }, gate, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 3,
        initializer: { task: lifecycle.initializeLater, args: [starts.handle, 'warm'] },
      });
      await executor.warmUp(2);
      assert.deepEqual(starts.lines(), ['initializer warm', 'initializer warm']);
      await executor.warmUp(1);
      await executor.warmUp(2);
      assert.equal(starts.lines().length, 2);
      const door = await gate();
      const futures = [1, 2].map(() => executor.submit(control.workerIdAt, door.handle));
      await door.waiting(2);
      assert.equal(starts.lines().length, 2);
      await executor.warmUp();
      assert.equal(starts.lines().length, 3);
      door.open();
      await Promise.all(futures);
      await executor.warmUp(0);
    },
  },
  {
    id: 'W1-warm-up-without-idleness',
    rule: 'W1',
    title: 'warmUp() resolves where no worker may be idle for long, too',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 3, idleTimeout: 0 });
      await executor.warmUp();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'W1-warm-up-together-with-tasks',
    rule: 'W1',
    title: 'several warmUp() calls and tasks at once start no worker too many',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({ maxWorkers: 2, initializer: { task: lifecycle.initialize, args: [starts.handle] } });
      const futures = [1, 2, 3, 4].map((n) => executor.submit(basics.add, n, n));
      await Promise.all([executor.warmUp(), executor.warmUp(1), executor.warmUp(2)]);
      assert.deepEqual(await Promise.all(futures), [2, 4, 6, 8]);
      assert.equal(starts.lines().length, 2);
    },
  },
  {
    id: 'W1-warm-up-after-shutdown',
    rule: 'W1',
    title: 'warmUp() rejects after a shutdown',
    async run({ create }) {
      const executor = create({ maxWorkers: 1 });
      await executor.shutdown();
      await assert.rejects(executor.warmUp(), { code: 'ERR_EXECUTOR_SHUTDOWN' });
    },
  },
  {
    id: 'W1-warm-up-fails',
    rule: 'W1',
    title: 'warmUp() rejects where workers cannot start, and its unawaited rejection is the only sign',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 2,
        initializer: { task: lifecycle.failToStart, args: [starts.handle, 'broken'] },
      });
      await assert.rejects(executor.warmUp(), { code: 'ERR_WORKER_START' });
    },
  },
  {
    id: 'W1-idle-workers-end',
    rule: 'W1',
    title: 'a worker that was idle for idleTimeout is stopped cleanly: finalizer first, then its exit handlers',
    kinds,
    async run({ create, tasks: { basics, lifecycle, control }, trace }) {
      const log = trace();
      const executor = create({
        maxWorkers: 1,
        idleTimeout: 30,
        finalizer: { task: lifecycle.finish, args: [log.handle] },
      });
      const { workerId } = await executor.submit(control.readContext);
      await executor.submit(lifecycle.traceExit, log.handle, 'exit');
      assert.deepEqual(await log.until(2), ['finalizer', 'exit']);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.notEqual((await executor.submit(control.readContext)).workerId, workerId);
    },
  },
  {
    id: 'W1-as-long-as-the-idle-timeout',
    rule: 'W1',
    title: 'a worker may be idle for all of its idleTimeout, and not for many times as long',
    kinds,
    alone: true,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      // From the last task until the worker is on its way out.
      const lasted = async (idleTimeout: number) => {
        const log = trace();
        const finalizer = { task: lifecycle.finish, args: [log.handle] } as const;
        const executor = create({ maxWorkers: 1, idleTimeout, finalizer });
        const tasks = [executor.submit(basics.nothing), executor.submit(basics.nothing)];
        await tasks[0];
        const start = performance.now();
        await Promise.all(tasks);
        await log.until(1);
        return performance.now() - start;
      };
      const atOnce = await lasted(0);
      const idle = await lasted(200);
      assert.ok(idle >= 198, `${idle} ms for an idleTimeout of 200`);
      assert.ok(idle <= 8 * 200 + 10 * atOnce, `${idle} ms for an idleTimeout of 200, ${atOnce} without`);
    },
  },
  {
    id: 'W1-min-workers-are-kept',
    rule: 'W1',
    title: 'minWorkers are kept, also when all idle timers fire together',
    kinds,
    async run({ create, tasks: { control, lifecycle }, gate, trace }) {
      const log = trace();
      const finalizer = { task: lifecycle.finish, args: [log.handle] } as const;
      const executor = create({ maxWorkers: 4, minWorkers: 2, idleTimeout: 30, finalizer });
      const door = await gate();
      const futures = Array.from({ length: 4 }, () => executor.submit(control.workerIdAt, door.handle));
      await door.waiting(4);
      door.open();
      const ids = new Set(await Promise.all(futures));
      // Nothing fires before all four have been idle for long enough.
      for (const since = performance.now(); performance.now() - since < 100; );
      await log.until(2);
      // The clock of this case: a worker of another executor that becomes idle later, and ends later.
      const other = trace();
      const clock = create({
        maxWorkers: 1,
        idleTimeout: 60,
        finalizer: { task: lifecycle.finish, args: [other.handle] },
      });
      await clock.submit(control.readContext);
      await other.until(1);
      assert.equal(log.lines().length, 2);

      const again = await gate();
      const kept = [1, 2].map(() => executor.submit(control.workerIdAt, again.handle));
      await again.waiting(2);
      again.open();
      for (const id of await Promise.all(kept)) assert.ok(ids.has(id), `worker ${id} is new`);
    },
  },
  {
    id: 'W1-infinite-idle-timeout',
    rule: 'W1',
    title: 'idleTimeout Infinity, and one longer than a timer can be, keep idle workers',
    kinds,
    async run({ create, tasks: { basics, control, lifecycle }, trace }) {
      const kept = [Number.POSITIVE_INFINITY, 2 ** 31, 1e15].map((idleTimeout) =>
        create({ maxWorkers: 1, idleTimeout }),
      );
      const before = await Promise.all(kept.map((executor) => executor.submit(control.readContext)));
      const log = trace();
      const clock = create({
        maxWorkers: 1,
        idleTimeout: 30,
        finalizer: { task: lifecycle.finish, args: [log.handle] },
      });
      await clock.submit(basics.nothing);
      await log.until(1);
      const after = await Promise.all(kept.map((executor) => executor.submit(control.readContext)));
      assert.deepEqual(
        after.map(({ workerId }) => workerId),
        before.map(({ workerId }) => workerId),
      );
    },
  },
  {
    id: 'W1-task-for-a-worker-that-is-leaving',
    rule: 'W1',
    title: 'a task that comes while the only worker is being stopped runs on a new one',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, log] = [await gate(), trace()];
      const finalizer = { task: lifecycle.finishAt, args: [door.handle, log.handle] } as const;
      const executor = create({ maxWorkers: 1, idleTimeout: 20, stopTimeout: 60_000, finalizer });
      await executor.submit(basics.nothing);
      await door.waiting(1);
      const future = executor.submit(basics.add, 1, 2);
      door.open();
      assert.equal(await future, 3);
    },
  },
  {
    id: 'W1-idle-timeout-under-load',
    rule: 'W1',
    title: 'with an idleTimeout of nothing, workers come and go and no task is lost',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2, idleTimeout: 0 });
      for (let i = 0; i < 15; i += 1) {
        const pair = [executor.submit(basics.add, i, 1), executor.submit(basics.add, i, 2)];
        assert.deepEqual(await Promise.all(pair), [i + 1, i + 2]);
        for (let turn = 0; turn < i; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
];
