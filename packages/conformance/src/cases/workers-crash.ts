import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { crashOf } from './crash.js';
import { exitingImport } from './task-modules.js';

const kinds = ['thread', 'process'] as const;

export const workerCrashCases: readonly ConformanceCase[] = [
  ...[3, 0, 1].map(
    (code): ConformanceCase => ({
      id: `W2-exit-${code}`,
      rule: 'W2',
      title: `process.exit(${code}) in a task rejects that task and tells the code; the queue runs on in a new worker`,
      kinds,
      async run({ create, tasks: { basics, control, lifecycle } }) {
        const executor = create({ maxWorkers: 1 });
        const { workerId } = await executor.submit(control.readContext);
        const future = executor.submit(lifecycle.exitWith, code);
        const queued = [executor.submit(basics.add, 1, 1), executor.submit(basics.add, 2, 2)];
        const error = await crashOf(future);
        assert.deepEqual([error.code, error.name, error.during], ['ERR_WORKER_CRASHED', 'WorkerCrashedError', 'run']);
        assert.deepEqual(
          [error.exitCode, error.signal, error.outOfMemory, error.cause],
          [code, undefined, undefined, undefined],
        );
        assert.equal(error.workerId, workerId);
        assert.deepEqual([error.task?.name, error.task?.module], ['exitWith', lifecycle.exitWith.module]);
        assert.equal(future.state, 'rejected');
        assert.equal(future.cancel(), false);
        assert.deepEqual(await Promise.all(queued), [2, 4]);
        assert.notEqual((await executor.submit(control.readContext)).workerId, workerId);
      },
    }),
  ),
  ...(['throwInTimer', 'rejectUnhandled'] as const).map(
    (task): ConformanceCase => ({
      id: `W2-uncaught-${task}`,
      rule: 'W2',
      title: `an uncaught error during a task (${task}) is the cause of its WorkerCrashedError`,
      kinds,
      async run({ create, tasks: { basics, lifecycle } }) {
        const executor = create({ maxWorkers: 1 });
        const future = executor.submit(lifecycle[task], 'nobody caught this');
        const queued = executor.submit(basics.add, 1, 2);
        const error = await crashOf(future);
        assert.ok(error.cause instanceof RangeError, `the cause is ${String(error.cause)}`);
        assert.equal(error.cause.message, 'nobody caught this');
        assert.match(error.cause.stack ?? '', /lifecycle/);
        assert.equal(error.exitCode, 1);
        assert.equal(await queued, 3);
      },
    }),
  ),
  {
    id: 'W2-uncaught-value',
    rule: 'W2',
    title:
      'what is thrown or rejected uncaught and is no Error crashes the task too, with that as the cause, be it null or undefined',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      for (const value of ['a string', 7, null, undefined]) {
        const rejected = await crashOf(executor.submit(lifecycle.rejectUnhandledValue, value));
        assert.equal(rejected.during, 'run');
        if (typeof value === 'string') assert.match(String(rejected.cause), /a string/);
        // Of a rejection that says nothing, Node makes an error.
        if (value !== null && value !== undefined) continue;
        const thrown = await crashOf(executor.submit(lifecycle.throwValueInTimer, value));
        assert.deepEqual([Object.hasOwn(thrown, 'cause'), thrown.cause], [true, value]);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'W2-uncaught-that-cannot-travel',
    rule: 'W2',
    title: 'an uncaught error with a part that cannot be sent is the cause without it',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      for (const name of ['withHostObjects', 'withReadableOnce'] as const) {
        const { cause } = await crashOf(executor.submit(lifecycle.throwErrorInTimer, name));
        assert.ok(cause instanceof RangeError && cause.message === 'boom', `${name}: ${String(cause)}`);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'W2-crash-after-crash',
    rule: 'W2',
    title: 'ten crashes in a row cost ten tasks and nothing else',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      const futures = Array.from(
        { length: 10 },
        (_, i) => [executor.submit(lifecycle.exitWith, i), executor.submit(basics.add, i, 1)] as const,
      );
      for (const [i, [crashing, sound]] of futures.entries()) {
        assert.equal((await crashOf(crashing)).exitCode, i);
        assert.equal(await sound, i + 1);
      }
    },
  },
  {
    id: 'W2-all-workers-at-once',
    rule: 'W2',
    title: 'workers that all die at the same time are all replaced, and the queue runs',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate }) {
      const executor = create({ maxWorkers: 3 });
      const door = await gate();
      const dying = [1, 2, 3].map((code) => executor.submit(lifecycle.exitAt, door.handle, code));
      const queued = Array.from({ length: 6 }, (_, i) => executor.submit(basics.add, i, 1));
      await door.waiting(3);
      door.open();
      const codes = await Promise.all(dying.map(async (future) => (await crashOf(future)).exitCode));
      assert.deepEqual(codes, [1, 2, 3]);
      assert.deepEqual(await Promise.all(queued), [1, 2, 3, 4, 5, 6]);
    },
  },
  {
    id: 'W2-crash-on-import',
    rule: 'W2',
    title: 'a crash while the module is imported costs that task alone, every time',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 2; round += 1) {
        const future = executor.submit(exitingImport(9));
        const queued = executor.submit(basics.add, 1, 2);
        const { during, exitCode } = await crashOf(future);
        assert.deepEqual({ during, exitCode }, { during: 'import', exitCode: 9 });
        assert.equal(await queued, 3);
      }
    },
  },
  {
    id: 'W2-crash-with-a-pending-time-limit',
    rule: 'W2',
    title: 'a crashed task is settled for good: its time limit and its signal change nothing any more',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const controller = new AbortController();
      const future = executor
        .with({ timeout: 60_000, runTimeout: 60_000, signal: controller.signal })
        .submit(lifecycle.exitWith, 3);
      await crashOf(future);
      controller.abort('late');
      const door = await gate();
      const next = executor.submit(basics.waitAndReturn, door.handle, 'next');
      await door.waiting(1);
      assert.equal(future.state, 'rejected');
      door.open();
      assert.equal(await next, 'next');
    },
  },
  {
    id: 'W2-messages-of-its-own',
    rule: 'W2',
    title: 'what a task sends to its parent by itself ends neither its worker nor the caller',
    kinds,
    requires: ['isolation'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const workerId = async () => (await executor.submit(tasks.control.readContext)).workerId;
        const first = await workerId();
        for (const message of [null, undefined, 0, 'text', {}, []]) {
          await executor.submit(tasks.lifecycle.sendToParent, message);
          console.log(await workerId() === first);
        }
        await executor.shutdown();
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'true\n'.repeat(6), stderr: '', exitCode: 0 });
    },
  },
];
