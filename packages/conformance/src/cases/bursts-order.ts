import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { generator, numbers, startBurst, startsOf } from './burst.js';
import { assertCode } from './outcomes.js';

const threads = { kinds: ['thread'], requires: ['sharedMemory', 'isolation'] } as const;

/** S7, S8, C1, Q1: in what order many small tasks start, and which, however their workers come by them. */
export const burstOrderCases: readonly ConformanceCase[] = [
  {
    ...threads,
    id: 'S7-burst-in-order',
    rule: 'S7',
    title: 'of thousands of short and shorter tasks in several workers, each starts in its turn',
    async run(context) {
      const burst = await startBurst(context, 3000, { maxWorkers: 3, name: 'S7-burst-in-order' });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const random = generator(7);
      const starts = startsOf(executor);
      try {
        const futures = numbers(3000).map((n) =>
          random() < 0.1 ? executor.submit(bursts.spin, n, random() * 300) : executor.submit(bursts.tiny, n),
        );
        assert.deepEqual(await Promise.all(futures), numbers(3000));
        assert.deepEqual(
          starts.ids,
          futures.map(({ id }) => id),
        );
      } finally {
        starts.close();
      }
      // Within a worker, the tasks themselves saw the same.
      const last = new Map<number, number>();
      for (const n of numbers(3000)) {
        assert.equal(burst.timesBegun(n), 1);
        const before = last.get(burst.thread(n)) ?? -1;
        assert.ok(burst.placeInOrder(n) > before, `task ${n} began before an earlier one in its worker`);
        last.set(burst.thread(n), burst.placeInOrder(n));
      }
    },
  },
  {
    ...threads,
    id: 'S7-burst-outranked',
    rule: 'S7',
    title: 'a task of higher priority overtakes all those that wait behind a task that blocks their worker',
    async run(context) {
      const burst = await startBurst(context, 400);
      const { executor } = burst;
      const { bursts } = context.tasks;
      const first = [executor.submit(bursts.tiny, 0), executor.submit(bursts.tiny, 1), executor.submit(bursts.hold, 2)];
      const queued = numbers(300).map((n) => executor.submit(bursts.tiny, 10 + n));
      await burst.begun(2);
      const low = executor.with({ priority: -1 }).submit(bursts.tiny, 4);
      const urgent = executor.with({ priority: 1 }).submit(bursts.tiny, 3);
      const most = executor.with({ priority: 2 }).submit(bursts.tiny, 5);
      burst.open();
      await Promise.all([...first, ...queued, urgent, low, most]);
      const order = [2, 5, 3, ...numbers(300).map((n) => 10 + n), 4];
      assert.deepEqual(
        order.map((n) => burst.placeInOrder(n)),
        order.map((_, i) => 2 + i),
      );
    },
  },
  {
    ...threads,
    id: 'S8-burst-behind-a-blocked-worker',
    rule: 'S8',
    title: 'what waits behind a task that blocks its worker is done by another worker',
    async run(context) {
      const burst = await startBurst(context, 600, { maxWorkers: 2 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const before = numbers(100).map((n) => executor.submit(bursts.tiny, n));
      const holder = executor.submit(bursts.hold, 100);
      const after = numbers(400).map((n) => executor.submit(bursts.tiny, 101 + n));
      await Promise.all([...before, ...after]);
      assert.equal(holder.state, 'running');
      assert.deepEqual([executor.stats().running, executor.stats().queued], [1, 0]);
      burst.open();
      assert.equal(await holder, 100);
    },
  },
  {
    ...threads,
    id: 'S8-burst-all-hold',
    rule: 'S8',
    title: 'in the middle of a burst, as many tasks that block meet as there are workers, and no more',
    async run(context) {
      const burst = await startBurst(context, 600, { maxWorkers: 3 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const before = numbers(200).map((n) => executor.submit(bursts.tiny, n));
      const holders = numbers(4).map((n) => executor.submit(bursts.hold, 200 + n));
      const after = numbers(100).map((n) => executor.submit(bursts.tiny, 300 + n));
      await Promise.all([burst.begun(200), burst.begun(201), burst.begun(202), ...before]);
      assert.deepEqual(
        [...holders, ...after].map(({ state }) => state),
        [...numbers(3).map(() => 'running'), ...numbers(101).map(() => 'queued')],
      );
      assert.deepEqual([executor.stats().running, executor.stats().queued, burst.timesBegun(203)], [3, 101, 0]);
      burst.open();
      await Promise.all([...holders, ...after]);
    },
  },
  {
    ...threads,
    id: 'C1-burst-behind-a-blocked-worker',
    rule: 'C1',
    title: 'tasks cancelled while they wait behind one that blocks their worker never start, and the others all do',
    async run(context) {
      const burst = await startBurst(context, 600);
      const { executor } = burst;
      const { bursts } = context.tasks;
      const first = [executor.submit(bursts.tiny, 0), executor.submit(bursts.tiny, 1), executor.submit(bursts.hold, 2)];
      const queued = numbers(400).map((n) => executor.submit(bursts.tiny, 10 + n));
      await burst.begun(2);
      const cancelled = queued.filter((_, n) => n % 3 !== 1);
      for (const future of cancelled) assert.equal(future.cancel(), true);
      burst.open();
      await Promise.all([...first, ...queued.filter((_, n) => n % 3 === 1)]);
      for (const future of cancelled) await assertCode(future, 'ERR_CANCELLED');
      assert.deepEqual(
        queued.map((_, n) => burst.timesBegun(10 + n)),
        queued.map((_, n) => (n % 3 === 1 ? 1 : 0)),
      );
    },
  },
  {
    id: 'Q1-burst-place-at-once',
    rule: 'Q1',
    title: 'a task that has ended has left room in the queue by the time that its result is there',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, maxQueue: 2 });
      await executor.submit(basics.add, 0, 0);
      const futures = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      for (let n = 1; n <= 200; n += 1) {
        assert.equal(await futures[n - 1], 2 * n);
        futures.push(executor.submit(basics.add, n + 3, n + 3));
      }
      await Promise.all(futures);
    },
  },
  {
    id: 'Q2-burst-through-ready',
    rule: 'Q2',
    title: 'whoever awaits ready() before each of thousands of small tasks is never refused',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2, maxQueue: 5 });
      const futures: Promise<number>[] = [];
      for (let n = 0; n < 2000; n += 1) {
        await executor.ready();
        futures.push(executor.submit(basics.add, n, 0));
      }
      assert.deepEqual(await Promise.all(futures), numbers(2000));
    },
  },
];
