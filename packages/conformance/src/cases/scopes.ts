import assert from 'node:assert/strict';
import type { Future } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { assertCode, errorOf } from './outcomes.js';
import { isSettled, reasonOf } from './rejection.js';

/** Rule X5a: no task outlives the scope that it was submitted in. */
export const scopeCases: readonly ConformanceCase[] = [
  {
    id: 'X5a-value-of-the-body',
    rule: 'X5a',
    title: 'a scope gives the value of its body, once every task of its group is over, awaited or not',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 4 });
      const door = await gate();
      const futures: Future<unknown>[] = [];
      const scope = executor.scope(async (group) => {
        futures.push(
          group.submit(basics.waitAt, door.handle),
          group.with({ priority: 1 }).submit(basics.addLater, 1, 2),
        );
        void group.map(control.waitIfGated, [{ value: 7, gate: door.handle }]).next();
        futures.push(group.bind(basics).waitAt(door.handle));
        return 'value';
      });
      await door.waiting(3);
      assert.equal(await isSettled(scope), false);
      door.open();
      assert.equal(await scope, 'value');
      assert.deepEqual(
        futures.map(({ state }) => state),
        ['fulfilled', 'fulfilled', 'fulfilled'],
      );
    },
  },
  {
    id: 'X5a-what-continuations-submit',
    rule: 'X5a',
    title:
      'what the continuations of its tasks submit belongs to the scope as well, though the body has ended; later tasks are refused',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const sums: number[] = [];
      let submitLater: () => Future<number> = () => assert.fail();
      await executor.scope(async (group) => {
        submitLater = () => group.submit(basics.add, 1, 2);
        void group
          .submit(basics.addLater, 1, 1)
          .then((sum) => group.submit(basics.addLater, sum, 1))
          .then((sum) => group.submit(basics.addLater, sum, 1))
          .then((sum) => sums.push(sum));
      });
      assert.deepEqual(sums, [4]);
      // Also of a task that the body has awaited, so that nothing is left when it ends.
      await executor.scope(async (group) => {
        const first = group.submit(basics.add, 2, 2);
        void first
          .then(async (sum) => {
            for (let turn = 0; turn < 10; turn += 1) await null;
            return group.submit(basics.add, sum, 1);
          })
          .then((sum) => sums.push(sum));
        await first;
      });
      assert.deepEqual(sums, [4, 5]);
      const late = submitLater();
      await assertCode(late, 'ERR_EXECUTOR_SHUTDOWN');
      assert.equal(late.state, 'rejected');
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'X5a-a-failing-task',
    rule: 'X5a',
    title:
      'a task that fails cancels the others of its group, queued and running, and is what the scope rejects with; others than its group are left alone',
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 3 });
      const [door, log] = [await gate(), trace()];
      const other = executor.submit(basics.waitAndReturn, door.handle, 'other');
      await door.waiting(1);
      const futures: Future<unknown>[] = [];
      let late: Future<unknown> | undefined;
      const reason = await errorOf(
        executor.scope(async (group) => {
          futures.push(group.submit(control.untilAborted, log.handle));
          await log.until(1);
          futures.push(group.submit(control.failWith, 'broken'));
          for (let i = 0; i < 5; i += 1) futures.push(group.submit(basics.waitAt, door.handle));
          await Promise.allSettled(futures);
          late = group.submit(basics.nothing);
        }),
      );
      assert.equal(reason.message, 'broken');
      const [running, failing, ...queued] = futures;
      assert.deepEqual([running?.state, failing?.state], ['cancelled', 'rejected']);
      for (const future of [running, ...queued, late]) {
        const error = await errorOf(future ?? assert.fail());
        assert.deepEqual([error.name, error.cause], ['CancelledError', reason]);
      }
      assert.equal(other.state, 'running');
      door.open();
      assert.equal(await other, 'other');
      assert.equal(executor.stats().running, 0);
    },
  },
  {
    id: 'X5a-waits-for-the-workers',
    rule: 'X5a',
    title: 'a failing scope rejects only when the tasks that it cancelled have left their workers',
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 2, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const scope = executor.scope(async (group) => {
        void group.submit(basics.waitAndTrace, door.handle, log.handle, 'left').catch(() => {});
        await door.waiting(1);
        await group.submit(control.failWith, 'broken');
      });
      const reason = reasonOf(scope);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(await isSettled(reason), false);
      door.open();
      assert.match(String(await reason), /broken/);
      assert.deepEqual(log.lines(), ['left']);
    },
  },
  {
    id: 'X5a-a-failing-body',
    rule: 'X5a',
    title:
      'a body that throws, at once or later, with either policy, cancels its tasks and is what the scope rejects with',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      for (const policy of ['all', 'settle'] as const) {
        const door = await gate();
        const futures: Future<unknown>[] = [];
        const thrown = { policy };
        const scope = executor.scope(
          async (group) => {
            futures.push(group.submit(basics.waitAt, door.handle), group.submit(basics.nothing));
            await door.waiting(1);
            throw thrown;
          },
          { policy },
        );
        for (let future = futures[1]; future === undefined; future = futures[1]) await new Promise(setImmediate);
        const reason = reasonOf(scope);
        await Promise.allSettled(futures);
        door.open();
        assert.equal(await reason, thrown);
        assert.deepEqual(
          futures.map(({ state }) => state),
          ['cancelled', 'cancelled'],
        );
        const synchronous = executor.scope(() => {
          throw thrown;
        });
        assert.equal(await reasonOf(synchronous), thrown);
      }
    },
  },
  {
    id: 'X5a-settle',
    rule: 'X5a',
    title: "with the policy 'settle' tasks may fail on their own, and the others go on",
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1 });
      const results = await executor.scope(
        (group) => Promise.allSettled([group.submit(control.failWith, 'broken'), group.submit(basics.addLater, 1, 2)]),
        { policy: 'settle' },
      );
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'fulfilled'],
      );
    },
  },
  {
    id: 'X5a-cancelled-tasks-are-no-failures',
    rule: 'X5a',
    title: 'a task that the caller cancels is no failure of the scope',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const sum = await executor.scope(async (group) => {
        group.submit(basics.addLater, 1, 1).cancel();
        return group.submit(basics.addLater, 1, 2);
      });
      assert.equal(sum, 3);
    },
  },
  {
    id: 'X5a-unawaited-failures',
    rule: 'X5a',
    title: 'a failure that the scope tells of is no unhandled rejection; one that nobody tells of is one',
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        process.on('unhandledRejection', (error) => console.log('unhandled', error.message));
        const executor = createExecutor({ maxWorkers: 2 });
        const failing = async (group) => {
          for (const name of ['first', 'second']) group.submit(tasks.control.failWith, name);
        };
        await executor.scope(failing).catch((error) => console.log('scope', error.message));
        await executor.with({ priority: 1 }).submit(tasks.basics.nothing);
        await executor.scope((group) => void group.submit(tasks.control.failWith, 'alone'), { policy: 'settle' });
        await new Promise((resolve) => setImmediate(resolve));
        await executor.shutdown();
      `);
      // Both run at once: either may be the first to fail.
      assert.match(stdout, /^scope (?:first|second)\nunhandled alone\n$/);
      assert.equal(exitCode, 0);
    },
  },
  {
    id: 'X5a-nested',
    rule: 'X5a',
    title: 'a scope in a scope fails by itself, and its error is the outer body’s to catch',
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 2 });
      const value = await executor.scope(async (outer) => {
        const inner = executor.scope((group) => group.submit(control.failWith, 'inner'));
        assert.match(String(await reasonOf(inner)), /inner/);
        return outer.submit(basics.add, 1, 2);
      });
      assert.equal(value, 3);
    },
  },
  {
    id: 'X5a-the-executor-ends',
    rule: 'X5a',
    title: 'a scope whose executor is terminated rejects with that, and does not wait for ever',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const scope = executor.scope((group) => group.submit(basics.waitAt, door.handle));
      await door.waiting(1);
      const reason = errorOf(scope);
      const gone = executor.terminate();
      door.open();
      assert.deepEqual([(await reason).name], ['ExecutorShutdownError']);
      await gone;
    },
  },
  {
    id: 'X5a-options',
    rule: 'X5a',
    title: 'a wrong policy or body rejects, naming it',
    async run({ create }) {
      const executor = create();
      // @ts-expect-error what the types forbid
      const policy = await errorOf(executor.scope(async () => {}, { policy: 'some' }));
      assert.deepEqual([policy.name, /policy.*'all' or 'settle'.*some/.test(policy.message)], ['RangeError', true]);
      // @ts-expect-error what the types forbid
      assert.match((await errorOf(executor.scope('body'))).message, /body must be a function/);
    },
  },
];
