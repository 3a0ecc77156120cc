import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { reasonOf } from './rejection.js';
import { endlessImport } from './task-modules.js';
import { warningsDuring } from './warnings.js';

const timedOut = { name: 'TimeoutError', code: 'ERR_TASK_TIMEOUT' };

export const timeLimitCases: readonly ConformanceCase[] = [
  {
    id: 'C7-timeout-in-the-queue',
    rule: 'C7',
    title: 'timeout counts from submit: a task that still waits then rejects and never starts',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = executor.with({ timeout: 30 }).submit(basics.leaveTrace, log.handle, 'started');
      await assert.rejects(queued, { ...timedOut, phase: 'queue', timeout: 30 });
      assert.equal(queued.state, 'rejected');
      assert.equal(queued.cancel(), false);
      assert.equal(blocker.state, 'running');
      door.open();
      await blocker;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C7-timeout-while-running',
    rule: 'C7',
    title: 'timeout rejects a task that runs too, and the task sees it as a cancel',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      await executor.submit(basics.nothing);
      for (const options of [{ timeout: 200 }, { runTimeout: 40 }]) {
        const log = trace();
        const future = executor.with(options).submit(control.untilAborted, log.handle);
        await assert.rejects(future, { ...timedOut, phase: 'run', timeout: options.timeout ?? options.runTimeout });
        assert.equal(future.state, 'rejected');
        assert.match((await log.until(2))[1] ?? '', /"aborted":true,"cancelled":true.*TimeoutError/);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
  {
    id: 'C7-task-that-does-not-yield',
    rule: 'C7',
    title: 'limits count for a task that never yields, and for what it does after it has waited',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      for (const task of [control.spinFor, control.waitAndSpinFor])
        for (const limit of ['timeout', 'runTimeout'] as const)
          await assert.rejects(executor.with({ [limit]: 20 }).submit(task, 200), {
            code: 'ERR_TASK_TIMEOUT',
            message: new RegExp(limit),
          });
    },
  },
  {
    id: 'C7-run-timeout-starts-with-the-task',
    rule: 'C7',
    title: 'runTimeout does not count the time in the queue',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      const patient = executor.with({ runTimeout: 200 }).submit(basics.add, 1, 2);
      // The clock of this case: by the time that this one gives up, 200 ms have passed for both.
      await assert.rejects(executor.with({ timeout: 250 }).submit(basics.nothing), { ...timedOut, phase: 'queue' });
      assert.equal(patient.state, 'queued');
      door.open();
      await blocker;
      assert.equal(await patient, 3);
    },
  },
  {
    id: 'C7-run-timeout-stops-a-loop',
    rule: 'C7',
    title: 'a task past its runTimeout is stopped by force after the grace, and the queue goes on',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 20 });
      const log = trace();
      await executor.submit(basics.nothing);
      const loop = executor.with({ runTimeout: 30 }).submit(control.spinForever, log.handle);
      const queued = executor.submit(basics.add, 1, 2);
      await assert.rejects(loop, { ...timedOut, phase: 'run' });
      assert.equal(await queued, 3);
    },
  },
  {
    id: 'C7-the-first-limit-counts',
    rule: 'C7',
    title: 'with both limits the one that ends first rejects, and the other changes nothing',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      await executor.submit(basics.nothing);
      for (const options of [
        { timeout: 50, runTimeout: 60_000 },
        { timeout: 60_000, runTimeout: 50 },
        { timeout: 50, runTimeout: 60 },
      ]) {
        const log = trace();
        const future = executor.with(options).submit(control.untilAborted, log.handle);
        const reason = await reasonOf(future);
        assert.deepEqual(Object(reason).timeout, 50);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
  {
    id: 'C7-while-the-worker-starts',
    rule: 'C7',
    title: 'timeout runs while the worker starts: the task has not started then',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, starts, log] = [await gate(), trace(), trace()];
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.initializeAt, args: [door.handle, starts.handle] },
      });
      const future = executor.with({ timeout: 50 }).submit(basics.leaveTrace, log.handle, 'started');
      await assert.rejects(future, { ...timedOut, phase: 'queue' });
      door.open();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C7-while-the-module-is-imported',
    rule: 'C7',
    title: 'timeout rejects a task whose module is imported without end',
    local: localOnly.modules,
    async run({ create, capabilities, trace }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 0 }) });
      const log = trace();
      const future = executor.with({ timeout: 400 }).submit(endlessImport(log.handle));
      await assert.rejects(future, timedOut);
      assert.equal(future.state, 'rejected');
    },
  },
  {
    id: 'C7-import-gives-its-worker-back',
    rule: 'C7',
    title: 'a time limit during an endless import frees the worker for the tasks behind',
    requires: ['terminate'],
    async run({ create, tasks: { basics }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 0 });
      const log = trace();
      const future = executor.with({ timeout: 400 }).submit(endlessImport(log.handle));
      const queued = executor.submit(basics.add, 1, 2);
      await assert.rejects(future, timedOut);
      assert.equal(await queued, 3);
    },
  },
  {
    id: 'C7-limits-longer-than-a-timer',
    rule: 'C7',
    title: 'limits longer than a timer can be, and infinite ones, do not end a task',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const warnings = await warningsDuring(async () => {
        const futures = [2 ** 31, 2 ** 32 + 1, 1e15, Number.MAX_VALUE, Number.POSITIVE_INFINITY].map((limit) =>
          executor.with({ timeout: limit, runTimeout: limit }).submit(basics.waitAt, door.handle),
        );
        await assert.rejects(executor.with({ timeout: 20 }).submit(basics.nothing), timedOut);
        door.open();
        await Promise.all(futures);
      });
      assert.deepEqual(warnings, []);
    },
  },
  {
    id: 'C7-limits-of-settled-tasks',
    rule: 'C7',
    title: 'a limit that passes after the end of its task disturbs nobody',
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(basics.nothing);
      const quick = executor.with({ timeout: 150, runTimeout: 150 }).submit(basics.add, 1, 2);
      assert.equal(await quick, 3);
      const [door, log] = [await gate(), trace()];
      const next = executor.submit(control.span, log.handle, 'next', door.handle);
      await door.waiting(1);
      await assert.rejects(executor.with({ timeout: 200 }).submit(basics.nothing), timedOut);
      assert.equal(quick.state, 'fulfilled');
      assert.equal(next.state, 'running');
      door.open();
      assert.equal(await next, 'next');
    },
  },
  {
    id: 'C7-many-limits-at-once',
    rule: 'C7',
    title: 'a thousand tasks with limits of their own reject each at its own, shortest first',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      // A limit counts from its own submit, somewhere between these two: submitting them all takes longer than limits differ by.
      const order: { readonly earliest: number; readonly latest: number }[] = [];
      const limits = Array.from({ length: 1000 }, (_, i) => 50 + ((i * 37) % 10) * 20);
      const ends = limits.map((timeout) => {
        const earliest = performance.now() + timeout;
        const future = executor.with({ timeout }).submit(basics.nothing);
        const latest = performance.now() + timeout;
        return reasonOf(future).then((reason) => {
          assert.equal(Object(reason).code, 'ERR_TASK_TIMEOUT');
          order.push({ earliest, latest });
        });
      });
      await Promise.all(ends);
      let due = 0;
      for (const { earliest, latest } of order) {
        assert.ok(latest >= due, `a limit at ${latest} came after one at ${due}`);
        due = Math.max(due, earliest);
      }
      door.open();
      await blocker;
    },
  },
  {
    id: 'C7-final-states',
    rule: 'C7',
    title: 'cancel, signal and cancelPending end in cancelled; limits, shutdown and terminate in rejected',
    async run({ create, capabilities, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 0 }) });
      const door = await gate();
      const controller = new AbortController();
      const running = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const byCancel = executor.submit(basics.nothing);
      const bySignal = executor.with({ signal: controller.signal }).submit(basics.nothing);
      const byLimit = executor.with({ timeout: 1 }).submit(basics.nothing);
      const byCancelPending = executor.submit(basics.nothing);
      byCancel.cancel();
      controller.abort();
      const settled = Promise.allSettled([byCancel, bySignal, byLimit, byCancelPending, running]);
      await byLimit.catch(() => {});
      const shutdown = executor.shutdown({ cancelPending: true });
      const refused = executor.submit(basics.nothing);
      await Promise.allSettled([byCancelPending, refused]);
      const terminated = executor.terminate();
      await settled;
      door.open();
      await Promise.all([shutdown, terminated]);
      assert.deepEqual(
        [byCancel, bySignal, byCancelPending, byLimit, refused, running].map((future) => future.state),
        ['cancelled', 'cancelled', 'cancelled', 'rejected', 'rejected', 'rejected'],
      );
    },
  },
];
