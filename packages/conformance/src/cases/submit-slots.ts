import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from '../case.js';
import { assertCode, errorOf, untilState } from './outcomes.js';

/** The largest number of tasks that ran at the same time, from the lines that {@link steps} left. */
function mostAtOnce(lines: readonly string[]): number {
  let running = 0;
  let most = 0;
  for (const line of lines) {
    running += line.startsWith('start') ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}

/** A queued task behind one that holds the only worker without ever giving way. */
async function behindSyncTask({ create, gate, tasks: { basics }, trace }: CaseContext) {
  const [latch, started] = [await gate(), trace()];
  const executor = create({ maxWorkers: 1 });
  const blocker = executor.submit(basics.waitAtSync, latch.handle);
  await latch.waiting(1);
  const queued = executor.submit(basics.leaveTrace, started.handle, 'queued');
  return { executor, latch, started, blocker, queued };
}

/** S8: how many tasks run at once, and what a worker may hold. */
export const slotCases: readonly ConformanceCase[] = [
  {
    id: 'S8-as-many-as-max-workers',
    rule: 'S8',
    title: 'with tasks enough, exactly maxWorkers of them run; the others are queued',
    async run({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 3 });
      assert.equal(executor.maxWorkers, 3);
      const futures = Array.from({ length: 9 }, () => executor.submit(basics.waitAt, latch.handle));
      await latch.waiting(3);
      for (const future of futures.slice(0, 3)) await untilState(future, 'running');
      assert.deepEqual(
        futures.slice(3).map((future) => future.state),
        Array(6).fill('queued'),
      );
      assert.equal(latch.arrived, 3);
      latch.open();
      await Promise.all(futures);
    },
  },
  {
    id: 'S8-never-more-than-max-workers',
    rule: 'S8',
    title: 'of tasks that each take several turns of the event loop, never more than maxWorkers overlap',
    async run({ create, tasks: { basics }, trace }) {
      for (const maxWorkers of [1, 2]) {
        const steps = trace();
        const executor = create({ maxWorkers });
        await Promise.all(Array.from({ length: 20 }, () => executor.submit(basics.traceSteps, steps.handle)));
        assert.equal(steps.lines().length, 40);
        assert.ok(
          mostAtOnce(steps.lines()) <= maxWorkers,
          `${mostAtOnce(steps.lines())} at once with maxWorkers ${maxWorkers}`,
        );
        await executor.shutdown();
      }
    },
  },
  {
    id: 'S8-a-worker-runs-one-task-at-a-time',
    rule: 'S8',
    title: 'no worker begins a task before it has ended the one before, asynchronous tasks included',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics }, trace }) {
      const steps = trace();
      const executor = create({ maxWorkers: 2 });
      await Promise.all(Array.from({ length: 20 }, () => executor.submit(basics.traceSteps, steps.handle)));
      const lines = steps.lines();
      for (const worker of new Set(lines.map((line) => line.replace(/^\w+ /, '')))) {
        assert.equal(mostAtOnce(lines.filter((line) => line.endsWith(worker))), 1, worker);
      }
    },
  },
  {
    id: 'S8-failures-keep-the-slots',
    rule: 'S8',
    title: 'after failed, refused and cancelled tasks, maxWorkers tasks still run at once, and no more',
    async run({ create, gate, tasks: { basics, errors } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 2 });
      for (let round = 0; round < 5; round += 1) {
        await errorOf(executor.submit(errors.raise, 'error'));
        await errorOf(executor.submit(basics.echo, () => {}));
        const cancelled = executor.submit(basics.addLater, 1, 2);
        if (cancelled.cancel()) await assertCode(cancelled, 'ERR_CANCELLED');
      }
      const futures = Array.from({ length: 4 }, () => executor.submit(basics.waitAt, latch.handle));
      await latch.waiting(2);
      for (const future of futures.slice(0, 2)) await untilState(future, 'running');
      assert.deepEqual([futures[2]?.state, futures[3]?.state, latch.arrived], ['queued', 'queued', 2]);
      latch.open();
      await Promise.all(futures);
    },
  },
  {
    id: 'S8-queued-behind-a-synchronous-task',
    rule: 'S8',
    title: 'a call behind a synchronous task is queued and can be cancelled, and then never starts',
    kinds: ['thread', 'process'],
    async run(context) {
      const { executor, latch, started, blocker, queued } = await behindSyncTask(context);
      assert.equal(queued.state, 'queued');
      assert.equal(queued.cancel(), true);
      assert.equal(queued.state, 'cancelled');
      await assertCode(queued, 'ERR_CANCELLED');
      latch.open();
      await blocker;
      await executor.submit(context.tasks.basics.nothing);
      assert.deepEqual(started.lines(), []);
    },
  },
  {
    id: 'S8-outranked-behind-a-synchronous-task',
    rule: 'S8',
    title: 'a call behind a synchronous task is outranked by a later one of higher priority',
    kinds: ['thread', 'process'],
    async run(context) {
      const { executor, latch, started, blocker, queued } = await behindSyncTask(context);
      const urgent = executor.with({ priority: 1 }).submit(context.tasks.basics.leaveTrace, started.handle, 'urgent');
      latch.open();
      await Promise.all([blocker, queued, urgent]);
      assert.deepEqual(started.lines(), ['urgent', 'queued']);
    },
  },
  {
    id: 'S8-taken-back-for-a-free-worker',
    rule: 'S8',
    title: 'no call stays with a busy worker while another is free',
    kinds: ['thread', 'process'],
    async run({ create, gate, tasks: { basics } }) {
      const [long, short] = [await gate(), await gate()];
      const executor = create({ maxWorkers: 2 });
      const held = executor.submit(basics.waitAtSync, long.handle);
      const brief = executor.submit(basics.waitAt, short.handle);
      await Promise.all([long.waiting(1), short.waiting(1)]);
      const queued = Array.from({ length: 8 }, (_, index) => executor.submit(basics.add, index, 1));
      short.open();
      await brief;
      assert.deepEqual(await Promise.all(queued), [1, 2, 3, 4, 5, 6, 7, 8]); // while the first worker is still busy
      assert.equal(held.state, 'running');
      long.open();
      await held;
    },
  },
];
