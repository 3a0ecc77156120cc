import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

const queueFull = { name: 'QueueFullError', code: 'ERR_QUEUE_FULL' };

/** Rule Q1: the bound of the queue. */
export const queueCases: readonly ConformanceCase[] = [
  {
    id: 'Q1-bounds-the-queue',
    rule: 'Q1',
    title: 'past maxQueue waiting tasks submit rejects at once with QueueFullError, and those accepted run',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1, maxQueue: 2 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const accepted = ['a', 'b'].map((name) => executor.submit(basics.leaveTrace, log.handle, name));
      const refused = executor.submit(basics.leaveTrace, log.handle, 'c');
      assert.equal(refused.state, 'rejected');
      await assert.rejects(refused, { ...queueFull, maxQueue: 2 });
      assert.equal(refused.cancel(), false);
      assert.equal(blocker.state, 'running');
      door.open();
      await Promise.all([blocker, ...accepted]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['a', 'b']);
    },
  },
  {
    id: 'Q1-no-queue-at-all',
    rule: 'Q1',
    title: 'with maxQueue 0 as many tasks are accepted as can run, on workers that have yet to start too',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 2, maxQueue: 0 });
      for (const round of ['cold', 'warm']) {
        const door = await gate();
        const accepted = [1, 2].map(() => executor.submit(basics.waitAndReturn, door.handle, round));
        await assert.rejects(executor.submit(basics.nothing), { ...queueFull, maxQueue: 0 });
        await door.waiting(2);
        await assert.rejects(executor.submit(basics.nothing), queueFull);
        door.open();
        assert.deepEqual(await Promise.all(accepted), [round, round]);
      }
    },
  },
  {
    id: 'Q1-tasks-that-wait-for-a-start',
    rule: 'Q1',
    title: 'a task that waits only for its worker to start does not count, however long that takes',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, starts] = [await gate(), trace()];
      const initializer = { task: lifecycle.initializeAt, args: [door.handle, starts.handle] } as const;
      const executor = create({ maxWorkers: 2, maxQueue: 1, initializer });
      const accepted = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      await door.waiting(2);
      await assert.rejects(executor.submit(basics.nothing), queueFull);
      door.open();
      assert.deepEqual(await Promise.all(accepted), [2, 4, 6]);
    },
  },
  {
    id: 'Q1-a-place-is-freed',
    rule: 'Q1',
    title: 'a task that starts, is cancelled or passes its time limit leaves its place to another',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const full = () => assert.rejects(executor.submit(basics.nothing), queueFull);

      const cancelled = executor.submit(basics.nothing);
      await full();
      cancelled.cancel();
      await assert.rejects(cancelled, { code: 'ERR_CANCELLED' });

      const late = executor.with({ timeout: 10 }).submit(basics.nothing);
      await full();
      await assert.rejects(late, { code: 'ERR_TASK_TIMEOUT' });

      const controller = new AbortController();
      const aborted = executor.with({ signal: controller.signal }).submit(basics.nothing);
      await full();
      controller.abort('enough');
      await aborted.catch(() => {});

      const next = await gate();
      const waiting = executor.submit(basics.waitAndReturn, next.handle, 'waited');
      await full();
      door.open();
      await blocker;
      await next.waiting(1);
      const last = executor.submit(basics.add, 1, 2);
      await full();
      next.open();
      assert.deepEqual([await waiting, await last], ['waited', 3]);
    },
  },
  {
    id: 'Q1-priority-makes-no-room',
    rule: 'Q1',
    title: 'a task of a higher priority is refused like any other where the queue is full, and evicts none',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const accepted = executor.submit(basics.add, 1, 2);
      await assert.rejects(executor.with({ priority: 10 }).submit(basics.nothing), queueFull);
      door.open();
      await blocker;
      assert.equal(await accepted, 3);
    },
  },
  {
    id: 'Q1-after-a-crash',
    rule: 'Q1',
    title: 'tasks lost with their workers give their places back',
    requires: ['isolation'],
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1, maxQueue: 0 });
      for (let round = 0; round < 3; round += 1) {
        await assert.rejects(executor.submit(lifecycle.exitWith, 3), { code: 'ERR_WORKER_CRASHED' });
        assert.equal(await executor.submit(basics.add, round, 1), round + 1);
      }
    },
  },
  {
    id: 'Q1-arguments-that-cannot-travel',
    rule: 'Q1',
    title: 'a task that rejects for its arguments gives its place back',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, maxQueue: 0 });
      const bad: unknown = { onDone: () => {} };
      for (let round = 0; round < 3; round += 1) {
        await assert.rejects(executor.submit(basics.echo, bad), { code: 'ERR_NOT_CLONEABLE' });
        assert.equal(await executor.submit(basics.add, round, 1), round + 1);
      }
    },
  },
  {
    id: 'Q1-cancelled-task-in-its-worker',
    rule: 'Q1',
    title: 'a cancelled task that still runs has no place in the queue but keeps its worker from others',
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const cancelled = executor.submit(control.span, log.handle, 'cancelled', door.handle);
      await door.waiting(1);
      cancelled.cancel();
      await assert.rejects(cancelled, { code: 'ERR_CANCELLED' });
      const waiting = executor.submit(basics.add, 1, 2);
      await assert.rejects(executor.submit(basics.nothing), queueFull);
      door.open();
      assert.equal(await waiting, 3);
    },
  },
  {
    id: 'Q1-after-shutdown',
    rule: 'Q1',
    title: 'after a shutdown a full queue is no longer the reason: submit says that the executor is shut down',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 0 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const shutdown = executor.shutdown();
      await assert.rejects(executor.submit(basics.nothing), { code: 'ERR_EXECUTOR_SHUTDOWN' });
      door.open();
      await Promise.all([blocker, shutdown]);
    },
  },
];
