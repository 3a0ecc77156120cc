import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

const shutDown = { name: 'ExecutorShutdownError', code: 'ERR_EXECUTOR_SHUTDOWN' };

export const shutdownCallCases: readonly ConformanceCase[] = [
  {
    id: 'X5-dispose',
    rule: 'X5',
    title: 'Symbol.asyncDispose is shutdown(): tasks finish, then the executor is closed',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const futures = [1, 2, 3].map((n) => executor.submit(basics.addLater, n, n));
      await executor[Symbol.asyncDispose]();
      assert.equal(executor.state, 'closed');
      assert.deepEqual(
        futures.map((future) => future.state),
        ['fulfilled', 'fulfilled', 'fulfilled'],
      );
    },
  },
  {
    id: 'X5-twice-and-together',
    rule: 'X5',
    title: 'shutting down twice, together, or never having been used, works, and no call resolves before all has ended',
    async run({ create, tasks: { basics }, gate }) {
      const unused = create();
      await Promise.all([unused.shutdown(), unused.terminate(), unused.shutdown({ timeout: 5 })]);
      assert.equal(unused.state, 'closed');

      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const future = executor.submit(basics.waitAndReturn, door.handle, 'ran');
      await door.waiting(1);
      const stops = [executor.shutdown(), executor.shutdown({ timeout: 600_000 }), executor[Symbol.asyncDispose]()];
      const seen = Promise.all(stops.map((stop) => stop.then(() => [executor.state, future.state])));
      door.open();
      assert.deepEqual(
        await seen,
        stops.map(() => ['closed', 'fulfilled']),
      );
      assert.equal(await future, 'ran');
      await executor.shutdown();
      await executor.terminate();
      await executor.shutdown({ cancelPending: true, timeout: 0 });
      assert.equal(executor.state, 'closed');

      const ended = create({ maxWorkers: 1 });
      await ended.submit(basics.nothing);
      const ends = [ended.terminate(), ended.terminate(), ended.shutdown(), ended[Symbol.asyncDispose]()];
      assert.deepEqual(
        await Promise.all(ends.map((end) => end.then(() => ended.state))),
        ends.map(() => 'closed'),
      );
    },
  },
  {
    id: 'X5-inside-a-continuation',
    rule: 'X5',
    title: "shutdown() from inside a task's continuation or progress listener works",
    async run({ create, tasks: { basics, control } }) {
      const first = create({ maxWorkers: 1 });
      await first.submit(basics.nothing).then(() => first.shutdown());
      assert.equal(first.state, 'closed');

      const second = create({ maxWorkers: 1 });
      const future = second.submit(control.reportSlowly, [1, 2, 3]);
      const shutdown = new Promise<void>((resolve) => {
        future.onProgress((value) => {
          if (value === 2) resolve(second.shutdown());
        });
      });
      assert.equal(await future, 'done');
      await shutdown;
    },
  },
  {
    id: 'X5-stricter-call',
    rule: 'X5',
    title: 'a stricter call takes effect on a shutdown under way, step by step; a milder one takes nothing back',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const running = executor.submit(basics.waitAt, door.handle);
      const queued = executor.submit(basics.nothing);
      await door.waiting(1);
      const calls = [executor.shutdown()];
      assert.deepEqual([running.state, queued.state], ['running', 'queued']);
      calls.push(executor.shutdown({ cancelPending: true }));
      assert.equal(queued.state, 'cancelled');
      await assert.rejects(queued, { code: 'ERR_CANCELLED' });
      calls.push(executor.shutdown({ timeout: 60_000 }), executor.shutdown());
      assert.equal(running.state, 'running');
      calls.push(executor.terminate(), executor.shutdown());
      await assert.rejects(running, shutDown);
      door.open();
      await Promise.all(calls);
      assert.equal(executor.state, 'closed');
    },
  },
  {
    id: 'X5-shorter-timeout',
    rule: 'X5',
    title: 'of the timeouts of several shutdown() calls the first to end counts',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const running = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const calls = [
        executor.shutdown({ timeout: 600_000 }),
        executor.shutdown({ timeout: 30 }),
        executor.shutdown({ timeout: 600_000 }),
      ];
      await assert.rejects(running, shutDown);
      door.open();
      await Promise.all(calls);
    },
  },
];
