import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { assertCode } from './outcomes.js';
import { isSettled } from './rejection.js';

/** Rule Q2: waiting for room in the queue. */
export const queueRoomCases: readonly ConformanceCase[] = [
  {
    id: 'Q2-at-once',
    rule: 'Q2',
    title: 'without a maxQueue, and while there is room, ready() resolves at once',
    async run({ create, tasks: { basics }, gate }) {
      await create().ready();
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      await executor.ready();
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      await executor.ready();
      const queued = executor.submit(basics.nothing);
      const room = executor.ready();
      assert.equal(await isSettled(room), false);
      door.open();
      await Promise.all([blocker, queued, room]);
    },
  },
  {
    id: 'Q2-one-waiter-for-a-place',
    rule: 'Q2',
    title:
      'each place that becomes free goes to one waiter, first come first served, be it by a task that ends or one that is cancelled',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      let queued = executor.submit(basics.waitAt, door.handle);
      const order: number[] = [];
      const waiters = [0, 1, 2].map(async (n) => {
        await executor.ready();
        order.push(n);
        const future = executor.submit(basics.waitAt, door.handle);
        assert.equal(future.state, 'queued');
        queued = future;
      });
      for (const n of [0, 1]) {
        assert.equal(await isSettled(Promise.all(waiters.slice(n))), false);
        queued.cancel();
        await waiters[n];
        assert.deepEqual(order, [0, 1].slice(0, n + 1));
        assert.equal(queued.state, 'queued');
      }
      door.open();
      await Promise.all([...waiters, blocker]);
      assert.deepEqual(order, [0, 1, 2]);
      await queued;
    },
  },
  {
    id: 'Q2-kept-for-the-waiter',
    rule: 'Q2',
    title:
      'a place is kept for the one who waited: others who submit first, at once or some microtasks later, are refused, and the waiter is not',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = executor.submit(basics.nothing);
      const late = executor.ready().then(() => executor.submit(basics.add, 1, 2));
      const others = [0, 1, 2, 3].map(async (microtasks) => {
        for (let i = 0; i < microtasks; i += 1) await undefined;
        await executor.submit(basics.nothing);
      });
      queued.cancel();
      others.push(executor.submit(basics.nothing));
      for (const other of others) await assertCode(other, 'ERR_QUEUE_FULL');
      door.open();
      assert.equal(await late, 3);
      await blocker;
    },
  },
  {
    id: 'Q2-not-for-the-one-before',
    rule: 'Q2',
    title:
      'of places that become free at once, a waiter who submits twice gets one, and the waiter behind it the other',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 2 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = [1, 2].map(() => executor.submit(basics.nothing));
      const first = executor.ready().then(async () => {
        const [one, two] = [executor.submit(basics.add, 1, 1), executor.submit(basics.add, 1, 2)];
        await assertCode(two, 'ERR_QUEUE_FULL');
        return one;
      });
      const second = executor.ready().then(() => executor.submit(basics.add, 2, 2));
      for (const future of queued) future.cancel();
      assert.equal(await isSettled(second), false);
      door.open();
      assert.deepEqual(await Promise.all([first, second, blocker]), [2, 4, undefined]);
    },
  },
  {
    id: 'Q2-under-a-limit',
    rule: 'Q2',
    title:
      'producers that wait for room and submit under a limit are not refused, never more wait than maxQueue, and free workers are no room for them',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 4, maxQueue: 2 });
      const limited = executor.limit(1);
      const door = await gate();
      const first = limited.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      let submitted = 0;
      let most = 0;
      const produced = Array.from({ length: 10 }, async () => {
        await executor.ready();
        submitted += 1;
        const future = limited.submit(basics.nothing);
        most = Math.max(most, executor.stats().queued);
        await future;
      });
      assert.equal(await isSettled(Promise.all(produced)), false);
      assert.deepEqual([submitted, most], [2, 2]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      door.open();
      await Promise.all([first, ...produced]);
      assert.deepEqual([submitted, most <= 3], [10, true]);
    },
  },
  {
    id: 'Q2-given-up-after-a-macrotask',
    rule: 'Q2',
    title: 'a place that its waiter does not use is free again after a macrotask, for the next waiter and for anybody',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = executor.submit(basics.nothing);
      let isSecondReady = false;
      const idle = executor.ready();
      const second = executor.ready().then(() => {
        isSecondReady = true;
      });
      queued.cancel();
      await idle;
      assert.equal(isSecondReady, false);
      await second;
      const next = executor.submit(basics.add, 1, 2);
      assert.equal(next.state, 'queued');
      door.open();
      assert.equal(await next, 3);
      await blocker;
    },
  },
  {
    id: 'Q2-after-shutdown',
    rule: 'Q2',
    title: 'ready() rejects after a shutdown, and so does one that waits when the shutdown comes',
    async run({ create, tasks: { basics }, gate }) {
      for (const stop of ['shutdown', 'terminate'] as const) {
        const executor = create({ maxWorkers: 1, maxQueue: 0 });
        const door = await gate();
        const blocker = executor.submit(basics.waitAt, door.handle);
        blocker.catch(() => {});
        await door.waiting(1);
        const waiting = executor.ready();
        const stopped = executor[stop]();
        await assertCode(waiting, 'ERR_EXECUTOR_SHUTDOWN');
        await assertCode(executor.ready(), 'ERR_EXECUTOR_SHUTDOWN');
        door.open();
        await stopped;
      }
      const unbounded = create();
      await unbounded.shutdown();
      await assertCode(unbounded.ready(), 'ERR_EXECUTOR_SHUTDOWN');
    },
  },
  {
    id: 'Q2-many-producers',
    rule: 'Q2',
    title:
      'producers that wait for room submit three thousand tasks, none is refused and never more are queued than maxQueue',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2, maxQueue: 16 });
      let most = 0;
      let sum = 0;
      const produce = async (count: number): Promise<void> => {
        const futures = [];
        for (let i = 0; i < count; i += 1) {
          await executor.ready();
          futures.push(executor.submit(basics.add, i, 1));
          most = Math.max(most, executor.stats().queued);
        }
        for (const value of await Promise.all(futures)) sum += value;
      };
      await Promise.all(Array.from({ length: 10 }, () => produce(300)));
      assert.equal(sum, 10 * ((300 * 301) / 2));
      // Those that wait for a worker which is there or still starts need no place.
      assert.ok(most <= 16 + 2, String(most));
    },
  },
];
