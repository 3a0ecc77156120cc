import assert from 'node:assert/strict';
import { getDefaultExecutor, run, setDefaultExecutor } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { assertCode } from './outcomes.js';
import { isSettled } from './rejection.js';
import { withDefault } from './with-default.js';

/** Rule D6: leases of the default executor. */
export const leaseCases: readonly ConformanceCase[] = [
  {
    id: 'D6-lease-is-an-executor',
    rule: 'D6',
    title: 'each call of getDefaultExecutor() gives another lease, which looks and works as the executor beneath',
    async run({ create, kind, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2, name: 'shared' });
      await withDefault(executor, async () => {
        const [first, second] = [getDefaultExecutor(), getDefaultExecutor()];
        assert.notEqual(first, second);
        for (const lease of [first, second]) {
          assert.notEqual(lease, executor);
          assert.deepEqual(
            [lease.name, lease.kind, lease.maxWorkers, lease.state, lease.capabilities],
            ['shared', kind, 2, 'running', executor.capabilities],
          );
          await lease.ready();
          assert.equal(await lease.submit(basics.add, 1, 2), 3);
          assert.equal(await lease.with({ priority: 1 }).bind(basics).add(1, 2), 3);
          assert.equal(await lease.limit(1).submit(basics.add, 1, 2), 3);
          assert.equal(await lease.scope((group) => group.submit(basics.add, 1, 2)), 3);
          for await (const value of lease.map(basics.echo, ['a'])) assert.equal(value, 'a');
        }
        assert.equal(second.stats().completed, 10);
      });
    },
  },
  {
    id: 'Q2-ready-of-a-lease',
    rule: 'Q2',
    title: "ready() of a lease rejects when the lease is shut down, and its place is another one's",
    async run({ create, tasks: { basics }, gate }) {
      await withDefault(create({ maxWorkers: 1, maxQueue: 0 }), async () => {
        const [mine, theirs] = [getDefaultExecutor(), getDefaultExecutor()];
        const door = await gate();
        const blocker = theirs.submit(basics.waitAt, door.handle);
        await door.waiting(1);
        const [own, other] = [mine.ready(), theirs.ready()];
        const closed = mine.shutdown();
        await assertCode(own, 'ERR_EXECUTOR_SHUTDOWN');
        await closed;
        await assertCode(mine.warmUp(1), 'ERR_EXECUTOR_SHUTDOWN');
        door.open();
        await Promise.all([blocker, other]);
        assert.equal(await theirs.submit(basics.add, 1, 2), 3);
      });
    },
  },
  {
    id: 'D2-a-lease-as-the-default',
    rule: 'D2',
    title: 'a lease of the default executor that is made the default one is the executor beneath',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await withDefault(executor, async () => {
        const lease = getDefaultExecutor();
        assert.equal(setDefaultExecutor(lease), executor);
        await lease.shutdown();
        assert.deepEqual([executor.state, await run(basics.add, 1, 2)], ['running', 3]);
      });
    },
  },
  {
    id: 'D6-lease-shutdown',
    rule: 'D6',
    title:
      'shutting a lease down waits for the tasks submitted through it, refuses further ones, and leaves everybody else alone',
    async run({ create, tasks: { basics }, gate }) {
      await withDefault(create({ maxWorkers: 3 }), async () => {
        const [mine, theirs] = [getDefaultExecutor(), getDefaultExecutor()];
        const [door, otherDoor] = [await gate(), await gate()];
        const own = mine.with({ priority: 1 }).submit(basics.waitAndReturn, door.handle, 'own');
        const other = theirs.submit(basics.waitAndReturn, otherDoor.handle, 'other');
        const closed = mine.shutdown();
        assert.deepEqual([mine.state, theirs.state], ['draining', 'running']);
        await assertCode(mine.submit(basics.nothing), 'ERR_EXECUTOR_SHUTDOWN');
        await assertCode(mine.limit(1).submit(basics.nothing), 'ERR_EXECUTOR_SHUTDOWN');
        await assertCode(mine.ready(), 'ERR_EXECUTOR_SHUTDOWN');
        await Promise.all([door.waiting(1), otherDoor.waiting(1)]);
        assert.equal(await isSettled(closed), false);
        door.open();
        await closed;
        assert.deepEqual([await own, mine.state, theirs.state, other.state], ['own', 'closed', 'running', 'running']);
        assert.equal(await run(basics.add, 1, 2), 3);
        assert.equal(await getDefaultExecutor().submit(basics.add, 1, 2), 3);
        otherDoor.open();
        assert.equal(await other, 'other');
        await mine.shutdown();
      });
    },
  },
  {
    id: 'D6-lease-cancel-pending',
    rule: 'D6',
    title: 'a lease shut down with cancelPending cancels its own queued tasks only',
    async run({ create, tasks: { basics }, gate }) {
      await withDefault(create({ maxWorkers: 1 }), async () => {
        const [mine, theirs] = [getDefaultExecutor(), getDefaultExecutor()];
        const door = await gate();
        const running = mine.submit(basics.waitAndReturn, door.handle, 'running');
        await door.waiting(1);
        const [queued, other] = [mine.submit(basics.nothing), theirs.submit(basics.add, 1, 2)];
        const closed = mine.shutdown({ cancelPending: true });
        await assertCode(queued, 'ERR_CANCELLED');
        assert.deepEqual([queued.state, running.state, other.state], ['cancelled', 'running', 'queued']);
        door.open();
        await closed;
        assert.deepEqual([await running, await other], ['running', 3]);
      });
    },
  },
  {
    id: 'D6-lease-terminate',
    rule: 'D6',
    title: 'terminating a lease ends its tasks without grace, and no one else’s',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 2, cancelGrace: Number.POSITIVE_INFINITY });
      await withDefault(executor, async () => {
        for (const end of ['terminate', 'timeout'] as const) {
          const [mine, theirs] = [getDefaultExecutor(), getDefaultExecutor()];
          const [door, log] = [await gate(), trace()];
          const spinning = mine.submit(control.spinForever, log.handle);
          const other = theirs.submit(basics.waitAndReturn, door.handle, 'other');
          await Promise.all([log.until(1), door.waiting(1)]);
          const queued = mine.submit(basics.nothing);
          const gone = end === 'terminate' ? mine.terminate() : mine.shutdown({ timeout: 1 });
          await assertCode(spinning, 'ERR_EXECUTOR_SHUTDOWN');
          await assertCode(queued, 'ERR_EXECUTOR_SHUTDOWN');
          await gone;
          assert.deepEqual([spinning.state, mine.state, executor.state], ['rejected', 'closed', 'running']);
          assert.equal(executor.stats().running, 1);
          door.open();
          assert.equal(await other, 'other');
        }
        assert.equal(await run(basics.add, 1, 2), 3);
      });
    },
  },
  {
    id: 'D6-lease-terminate-without-force',
    rule: 'D6',
    title:
      'where no task can be ended by force, terminating a lease rejects its tasks and does not wait until they end',
    unless: ['terminate'],
    async run({ create, tasks: { basics }, gate }) {
      await withDefault(create({ maxWorkers: 2 }), async () => {
        for (const end of ['terminate', 'timeout'] as const) {
          const lease = getDefaultExecutor();
          const door = await gate();
          const running = lease.submit(basics.waitAt, door.handle);
          await door.waiting(1);
          const gone = end === 'terminate' ? lease.terminate() : lease.shutdown({ timeout: 1 });
          await assertCode(running, 'ERR_EXECUTOR_SHUTDOWN');
          await gone;
          assert.equal(lease.state, 'closed');
          door.open();
        }
        assert.equal(await run(basics.add, 1, 2), 3);
      });
    },
  },
  {
    id: 'D6-lease-ends-what-was-cancelled-before',
    rule: 'D6',
    title: 'terminating a lease also ends a task that was cancelled before and is still in its worker',
    requires: ['terminate'],
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      await withDefault(executor, async () => {
        const lease = getDefaultExecutor();
        const log = trace();
        const spinning = lease.submit(control.spinForever, log.handle);
        await log.until(1);
        spinning.cancel();
        await assertCode(spinning, 'ERR_CANCELLED');
        const closed = lease.shutdown();
        assert.equal(await isSettled(closed), false);
        await Promise.all([lease.terminate(), closed]);
      });
    },
  },
  {
    id: 'D6-lease-disposed',
    rule: 'D6',
    title: 'await using a lease closes the lease and not the executor; so many leases leave nothing behind',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await withDefault(executor, async () => {
        for (let i = 0; i < 100; i += 1) {
          await using lease = getDefaultExecutor();
          assert.equal(await lease.submit(basics.add, i, 1), i + 1);
        }
        assert.equal(executor.state, 'running');
      });
    },
  },
  {
    id: 'D6-lease-of-a-closed-executor',
    rule: 'D6',
    title: 'a lease whose executor was shut down is as that executor is',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await withDefault(executor, async () => {
        const lease = getDefaultExecutor();
        await executor.shutdown();
        assert.equal(lease.state, 'closed');
        await assertCode(lease.submit(basics.nothing), 'ERR_EXECUTOR_SHUTDOWN');
        await Promise.all([lease.shutdown(), lease.terminate()]);
      });
    },
  },
];
