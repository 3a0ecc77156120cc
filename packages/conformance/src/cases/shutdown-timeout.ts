import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

const shutDown = { name: 'ExecutorShutdownError', code: 'ERR_EXECUTOR_SHUTDOWN' };

export const shutdownTimeoutCases: readonly ConformanceCase[] = [
  {
    id: 'X3-timeout',
    rule: 'X3',
    title: 'past its timeout a shutdown does as terminate(): what has not settled rejects',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const running = executor.submit(basics.waitAt, door.handle);
      const queued = executor.submit(basics.nothing);
      await door.waiting(1);
      const shutdown = executor.shutdown({ timeout: 40 });
      assert.deepEqual([running.state, queued.state], ['running', 'queued']);
      await assert.rejects(running, shutDown);
      await assert.rejects(queued, shutDown);
      assert.deepEqual([running.state, queued.state], ['rejected', 'rejected']);
      door.open();
      await shutdown;
      assert.equal(executor.state, 'closed');
    },
  },
  {
    id: 'X3-timeout-zero',
    rule: 'X3',
    title: 'a timeout of 0 leaves tasks no time',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const running = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const shutdown = executor.shutdown({ timeout: 0 });
      await assert.rejects(running, shutDown);
      door.open();
      await shutdown;
    },
  },
  {
    id: 'X3-stops-a-loop',
    rule: 'X3',
    title: 'past its timeout a shutdown stops endless loops',
    requires: ['terminate'],
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 2 });
      const logs = [trace(), trace()];
      const loops = logs.map((log) => executor.submit(control.spinForever, log.handle));
      await Promise.all(logs.map((log) => log.until(1)));
      const shutdown = executor.shutdown({ timeout: 20 });
      for (const loop of loops) await assert.rejects(loop, shutDown);
      await shutdown;
    },
  },
  {
    id: 'X3-long-timeouts',
    rule: 'X3',
    title: 'a timeout that is infinite, or longer than a timer can be, ends nothing early',
    async run({ create, tasks: { basics }, gate }) {
      const door = await gate();
      const executors = [2 ** 31, 2 ** 32 + 1, 1e15, Number.POSITIVE_INFINITY].map((timeout) => ({
        timeout,
        executor: create({ maxWorkers: 1 }),
      }));
      const futures = executors.map(({ executor }) => executor.submit(basics.waitAndReturn, door.handle, 'ran'));
      await door.waiting(executors.length);
      const shutdowns = executors.map(({ executor, timeout }) => executor.shutdown({ timeout }));
      const clock = create({ maxWorkers: 1 });
      const slow = clock.submit(basics.waitAt, door.handle);
      const early = clock.shutdown({ timeout: 30 });
      await assert.rejects(slow, shutDown);
      assert.ok(futures.every((future) => future.state === 'running'));
      door.open();
      assert.deepEqual(await Promise.all(futures), ['ran', 'ran', 'ran', 'ran']);
      await Promise.all([...shutdowns, early]);
    },
  },
];
