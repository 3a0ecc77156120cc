import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ConformanceCase } from '../case.js';
import { assertCode } from './outcomes.js';

/** Rule O1: what an executor is doing, in numbers. */
export const statisticsCases: readonly ConformanceCase[] = [
  {
    id: 'O1-shut-down-as-a-worker-starts',
    rule: 'O1',
    title: 'who shuts an executor down on hearing of a worker does not find fewer than none running',
    kinds: ['thread', 'process'],
    async run({ create }) {
      const executor = create({ maxWorkers: 1, name: 'O1 worker' });
      const running: number[] = [];
      const closed = new Promise<void>((resolve) => {
        const heard = (message: unknown): void => {
          if (Object(message).executor !== 'O1 worker') return;
          unsubscribe('anypool:worker:start', heard);
          resolve(executor.shutdown());
          setImmediate(() => running.push(executor.stats().running));
        };
        subscribe('anypool:worker:start', heard);
      });
      await executor.warmUp(1).catch(() => {});
      running.push(executor.stats().running);
      await closed;
      assert.deepEqual(new Set(running), new Set([0]));
    },
  },
  {
    id: 'O1-counts',
    rule: 'O1',
    title: 'stats() counts what is queued and running, and what became of the tasks that are over',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const nothing = { queued: 0, running: 0, completed: 0, failed: 0, crashed: 0, cancelled: 0 };
      const counts = () => {
        const { queued, running, completed, failed, crashed, cancelled } = executor.stats();
        return { queued, running, completed, failed, crashed, cancelled };
      };
      assert.deepEqual([counts(), executor.stats().workers], [nothing, 0]);
      const door = await gate();
      const running = [1, 2].map(() => executor.submit(basics.waitAt, door.handle));
      await door.waiting(2);
      const queued = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      assert.deepEqual([counts(), executor.stats().workers], [{ ...nothing, queued: 3, running: 2 }, 2]);
      queued[0]?.cancel();
      assert.deepEqual(counts(), { ...nothing, queued: 2, running: 2, cancelled: 1 });
      await assertCode(executor.with({ timeout: 1 }).submit(basics.nothing), 'ERR_TASK_TIMEOUT');
      door.open();
      await Promise.all([...running, ...queued.slice(1)]);
      await assert.rejects(executor.submit(control.failWith, 'broken'));
      assert.deepEqual(counts(), { ...nothing, completed: 4, failed: 2, cancelled: 1 });
    },
  },
  {
    id: 'O1-cancelled-but-running',
    rule: 'O1',
    title: 'a cancelled task counts as cancelled at once, and as running until it has left its worker',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const door = await gate();
      const future = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      future.cancel();
      const { running, cancelled, active } = executor.stats();
      assert.deepEqual([running, cancelled, active.map(({ id }) => id)], [1, 1, [future.id]]);
      await assertCode(future, 'ERR_CANCELLED');
      door.open();
      await executor.submit(basics.nothing);
      assert.deepEqual([executor.stats().running, executor.stats().active], [0, []]);
    },
  },
  {
    id: 'O1-crashed',
    rule: 'O1',
    title: 'a task whose worker dies counts as failed, and as crashed',
    requires: ['isolation'],
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      await assertCode(executor.submit(lifecycle.exitWith, 3), 'ERR_WORKER_CRASHED');
      await executor.submit(basics.nothing);
      const { completed, failed, crashed } = executor.stats();
      assert.deepEqual([completed, failed, crashed], [1, 1, 1]);
    },
  },
  {
    id: 'O1-times',
    rule: 'O1',
    title: 'waitTime and runTime have percentiles in ms that are in order and cover what was waited and run',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const none = { p50: 0, p95: 0, p99: 0, max: 0 };
      assert.deepEqual([executor.stats().waitTime, executor.stats().runTime], [none, none]);
      await executor.submit(basics.nothing);
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const waiting = executor.submit(basics.nothing);
      while (executor.stats().longestWait < 30) await new Promise((resolve) => setTimeout(resolve, 5));
      door.open();
      await Promise.all([blocker, waiting]);
      const { waitTime, runTime, longestWait } = executor.stats();
      assert.equal(longestWait, 0);
      for (const { p50, p95, p99, max } of [waitTime, runTime])
        assert.ok(0 < p50 && p50 <= p95 && p95 <= p99 && p99 <= max * 1.02, [p50, p95, p99, max].join());
      assert.ok(waitTime.max >= 29 && runTime.max >= 29, `${waitTime.max} ${runTime.max}`);
      assert.ok(runTime.p50 < runTime.max, `${runTime.p50} ${runTime.max}`);
    },
  },
  {
    id: 'O1-times-of-a-chunk',
    rule: 'O1',
    title: 'of the items of a chunk, runTime tells the slow one from the others',
    kinds: ['thread', 'process', 'inline'],
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const times = [0.1, 0.1, 0.1, 60, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
      for await (const _ of executor.map(control.spinFor, times, { chunkSize: times.length }));
      const { p50, max } = executor.stats().runTime;
      assert.ok(max >= 59 && p50 < max / 3, `p50 ${p50}, max ${max}`);
    },
  },
  {
    id: 'O1-percentiles',
    rule: 'O1',
    title: 'the percentiles of waitTime and runTime are those of what tasks waited and ran, each in its place',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const durations = [...Array(180).fill(0), ...Array(14).fill(10), ...Array(6).fill(30)] as readonly number[];
      const start = performance.now();
      const times = durations.map(async (ms) => {
        const ran = await executor.submit(control.spinFor, ms);
        return { ran, over: performance.now() - start };
      });
      const runs = (await Promise.all(times)).map(({ ran }) => ran);
      const { waitTime, runTime } = executor.stats();
      // What ran before it is what a task has waited for at least; until it was over, it has waited at most.
      const waits = runs.map((_, index) => runs.slice(0, index).reduce((sum, ran) => sum + ran, 0));
      const ends = (await Promise.all(times)).map(({ over }) => over);
      const near = (values: readonly number[], rank: number) => values.toSorted((a, b) => a - b)[Math.min(rank, 199)];
      for (const [name, rank] of [
        ['p50', 100],
        ['p95', 190],
        ['p99', 198],
        ['max', 200],
      ] as const) {
        const [wait, run] = [waitTime[name], runTime[name]];
        const least = { wait: near(waits, rank - 3) ?? 0, run: near(runs, rank - 3) ?? 0 };
        const most = near(ends, rank + 2) ?? 0;
        assert.ok(
          wait >= 0.98 * least.wait && wait <= 1.02 * most,
          `waitTime.${name} ${wait}, ${least.wait} to ${most}`,
        );
        assert.ok(run >= 0.98 * least.run && run <= 1.02 * most, `runTime.${name} ${run}, ${least.run} to ${most}`);
      }
      assert.ok(runTime.p50 < runTime.p95, `${runTime.p50} ${runTime.p95}`);
      assert.ok(runTime.p99 < waitTime.p99, `${runTime.p99} ${waitTime.p99}`);
    },
  },
  {
    id: 'O1-limits',
    rule: 'O1',
    title: 'limits that have tasks are listed, by name, with what runs and what waits under them',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const limited = executor.limit(1, 'images');
      const futures = [1, 2, 3].map(() => limited.submit(basics.waitAt, door.handle));
      assert.deepEqual(executor.stats().limits, [{ name: 'images', maxConcurrent: 1, admitted: 1, parked: 2 }]);
      assert.equal(executor.stats().queued + executor.stats().running, 3);
      door.open();
      await Promise.all(futures);
      assert.deepEqual(executor.stats().limits, []);
    },
  },
  {
    id: 'O1-items',
    rule: 'O1',
    title: 'of a map that sends several items at once, the items are counted',
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 2 });
      let count = 0;
      for await (const _ of executor.map(basics.echo, Array.from({ length: 100 }).keys(), { chunkSize: 16 }))
        count += 1;
      assert.deepEqual([count, executor.stats().completed], [100, 100]);
      const items = ['a', 'b', 'c', 'd'];
      await assert.rejects(executor.map(control.failWith, items, { chunkSize: 4 }).next());
      const { completed, failed, cancelled, queued } = executor.stats();
      assert.deepEqual([completed, failed, cancelled, queued], [100, 1, 3, 0]);
    },
  },
  {
    id: 'O1-items-that-go-elsewhere',
    rule: 'O1',
    title: 'items that turn out slow are counted once, and as no failure, however little room the queue has',
    async run({ create, tasks: { chunks } }) {
      const executor = create({ maxWorkers: 1, maxQueue: 1 });
      const items = Array.from({ length: 600 }, (_, value) => ({ value, ms: value < 570 ? 0 : 3 }));
      // A failure that is none would also end the scope.
      const values = await executor.scope(async (group) => {
        const values: number[] = [];
        // Without a known length, the last chunks are large ones.
        for await (const { value } of group.map(chunks.whereIsAfter, items.values(), { chunkSize: 'auto' }))
          values.push(value);
        return values;
      });
      assert.deepEqual(
        values,
        items.map(({ value }) => value),
      );
      const { completed, failed, cancelled } = executor.stats();
      assert.deepEqual({ completed, failed, cancelled }, { completed: items.length, failed: 0, cancelled: 0 });
    },
  },
];
