import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { isThere } from './process-end.js';
import { importAt } from './task-modules.js';

const shutDown = { name: 'ExecutorShutdownError', code: 'ERR_EXECUTOR_SHUTDOWN' };

export const shutdownDrainCases: readonly ConformanceCase[] = [
  ...(['shutdown', 'terminate'] as const).map(
    (stop): ConformanceCase => ({
      id: stop === 'shutdown' ? 'X1-refuses-new-tasks' : 'X1-refuses-new-tasks-after-terminate',
      rule: 'X1',
      title: `from the call of ${stop}() on, every way in is closed, and for good`,
      async run({ create, capabilities, tasks: { basics, streams }, gate, trace }) {
        const executor = create({ maxWorkers: 1 });
        const [door, log] = [await gate(), trace()];
        const running = executor.submit(basics.waitAt, door.handle);
        const settled = running.catch(() => {});
        await door.waiting(1);
        assert.equal(executor.state, 'running');
        const earlier = [executor.with({ priority: 1 }), executor.limit(1), executor.limit(1).with({ priority: 1 })];
        const stopped = executor[stop]();
        assert.equal(executor.state, 'draining');
        const refuses = async () => {
          const refused = executor.submit(basics.leaveTrace, log.handle, 'ran');
          assert.equal(refused.state, 'rejected');
          await assert.rejects(refused, shutDown);
          assert.equal(refused.cancel(), false);
          for (const way of [executor, ...earlier, executor.with({ priority: 1 }), executor.limit(1, 'late')]) {
            await assert.rejects(way.submit(basics.leaveTrace, log.handle, 'ran'), shutDown);
            await assert.rejects(way.map(basics.echo, [1]).next(), shutDown);
            if (capabilities.stream) await assert.rejects(way.stream(streams.count, 1).next(), shutDown);
          }
          await assert.rejects(
            executor.scope((group) => group.submit(basics.leaveTrace, log.handle, 'ran')),
            shutDown,
          );
          await assert.rejects(executor.warmUp(), shutDown);
        };
        await refuses();
        door.open();
        await Promise.all([settled, stopped]);
        assert.equal(running.state, stop === 'shutdown' ? 'fulfilled' : 'rejected');
        assert.equal(executor.state, 'closed');
        await refuses();
        assert.deepEqual(log.lines(), []);
      },
    }),
  ),
  {
    id: 'X1-finishes-what-it-has',
    rule: 'X1',
    title: 'shutdown() lets the queued and the running tasks finish, and resolves after them',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const running = executor.submit(basics.waitAndReturn, door.handle, 'running');
      const queued = Array.from({ length: 5 }, (_, i) => executor.submit(basics.leaveTrace, log.handle, String(i)));
      await door.waiting(1);
      let isDown = false;
      const shutdown = executor.shutdown().then(() => {
        isDown = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(isDown, false);
      door.open();
      assert.equal(await running, 'running');
      await shutdown;
      assert.deepEqual(log.lines(), ['0', '1', '2', '3', '4']);
      assert.ok(queued.every((future) => future.state === 'fulfilled'));
    },
  },
  {
    id: 'X1-waits-for-the-last-exit',
    rule: 'X1',
    title: 'when shutdown() resolves, finalizers and exit handlers have run and the processes are gone',
    kinds: ['thread', 'process'],
    async run({ create, kind, tasks: { basics, lifecycle }, gate, trace }) {
      const [log, door] = [trace(), await gate()];
      const executor = create({ maxWorkers: 2, finalizer: { task: lifecycle.finishLater, args: [log.handle] } });
      const waiting = [1, 2].map(() => executor.submit(lifecycle.placeAt, door.handle));
      await door.waiting(2);
      door.open();
      const places = await Promise.all(waiting);
      await executor.submit(lifecycle.traceExit, log.handle, 'exit');
      await executor.submit(basics.nothing);
      await executor.shutdown();
      assert.deepEqual(log.lines().toSorted(), ['exit', 'finalizer', 'finalizer']);
      if (kind === 'process') for (const { pid } of places) assert.equal(isThere(pid), false);
    },
  },
  {
    id: 'X1-while-workers-start',
    rule: 'X1',
    title: 'a shutdown while the workers start runs the tasks that wait for them',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, starts] = [await gate(), trace()];
      const executor = create({
        maxWorkers: 2,
        initializer: { task: lifecycle.initializeAt, args: [door.handle, starts.handle] },
      });
      const futures = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      await door.waiting(1);
      const shutdown = executor.shutdown();
      door.open();
      assert.deepEqual(await Promise.all(futures), [2, 4, 6]);
      await shutdown;
    },
  },
  {
    id: 'X1-while-starts-fail',
    rule: 'X1',
    title: 'a shutdown while the workers fail to start rejects the tasks and resolves',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 2,
        initializer: { task: lifecycle.failToStart, args: [starts.handle, 'broken'] },
      });
      const futures = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      const settled = Promise.allSettled(futures);
      await executor.shutdown();
      assert.ok((await settled).every((end) => end.status === 'rejected' && end.reason.code === 'ERR_WORKER_START'));
    },
  },
  {
    id: 'X1-while-a-module-is-imported',
    rule: 'X1',
    title: 'a shutdown while a task module is imported runs the task',
    local: localOnly.modules,
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const future = executor.submit(importAt(door.handle, basics.add));
      await door.waiting(1);
      const shutdown = executor.shutdown();
      door.open();
      assert.equal(await future, 'ran');
      await shutdown;
    },
  },
  {
    id: 'X1-during-a-grace',
    rule: 'X1',
    title: 'a shutdown waits for a cancelled task that is still in its worker, or for its end by force',
    async run({ create, capabilities, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 60_000 }) });
      const [door, log] = [await gate(), trace()];
      const future = executor.submit(control.span, log.handle, 'cancelled', door.handle);
      await door.waiting(1);
      future.cancel();
      await assert.rejects(future, { code: 'ERR_CANCELLED' });
      const shutdown = executor.shutdown();
      door.open();
      await shutdown;
      assert.deepEqual(log.lines(), ['start cancelled', 'end cancelled']);
    },
  },
  {
    id: 'X1-during-a-grace-by-force',
    rule: 'X1',
    title: 'a shutdown does not wait longer than the grace for a cancelled task that never ends',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 100 });
      const log = trace();
      const loop = executor.submit(control.spinForever, log.handle);
      const queued = executor.submit(basics.add, 1, 2);
      await log.until(1);
      loop.cancel();
      await assert.rejects(loop, { code: 'ERR_CANCELLED' });
      await Promise.all([executor.shutdown(), queued]);
      assert.equal(await queued, 3);
    },
  },
  {
    id: 'X1-crash-during-the-shutdown',
    rule: 'X1',
    title: 'a worker that dies during the shutdown costs its own task; those queued still run',
    requires: ['isolation'],
    async run({ create, tasks: { basics, lifecycle }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const crashing = executor.submit(lifecycle.exitAt, door.handle, 3);
      const queued = [
        executor.submit(basics.add, 1, 2),
        executor.submit(lifecycle.exitWith, 4),
        executor.submit(basics.add, 2, 2),
      ] as const;
      await door.waiting(1);
      const shutdown = executor.shutdown();
      door.open();
      await assert.rejects(crashing, { code: 'ERR_WORKER_CRASHED', exitCode: 3 });
      await assert.rejects(queued[1], { code: 'ERR_WORKER_CRASHED', exitCode: 4 });
      assert.deepEqual([await queued[0], await queued[2]], [3, 4]);
      await shutdown;
    },
  },
  {
    id: 'X2-cancel-pending',
    rule: 'X2',
    title: 'cancelPending cancels what is queued, and what runs finishes',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const running = executor.submit(basics.waitAndReturn, door.handle, 'running');
      await door.waiting(1);
      const queued = ['a', 'b'].map((name) => executor.submit(basics.leaveTrace, log.handle, name));
      const shutdown = executor.shutdown({ cancelPending: true });
      for (const future of queued) {
        assert.equal(future.state, 'cancelled');
        await assert.rejects(future, { code: 'ERR_CANCELLED' });
      }
      assert.equal(running.state, 'running');
      door.open();
      assert.equal(await running, 'running');
      await shutdown;
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'X2-while-workers-start',
    rule: 'X2',
    title: 'cancelPending cancels tasks whose workers are still starting, and resolves',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, starts, log] = [await gate(), trace(), trace()];
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.initializeAt, args: [door.handle, starts.handle] },
      });
      const future = executor.submit(basics.leaveTrace, log.handle, 'ran');
      await door.waiting(1);
      const shutdown = executor.shutdown({ cancelPending: true });
      await assert.rejects(future, { code: 'ERR_CANCELLED' });
      door.open();
      await shutdown;
      assert.deepEqual(log.lines(), []);
    },
  },
];
