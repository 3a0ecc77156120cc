import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { childEnd, isThere, killChild } from './process-end.js';
import { reasonOf } from './rejection.js';
import { slowImport } from './task-modules.js';

const kinds = ['thread', 'process'] as const;

export const workerIdleDeathCases: readonly ConformanceCase[] = [
  {
    id: 'W3-killed-while-idle',
    rule: 'W3',
    title: 'an idle process that is killed is replaced in silence',
    kinds: ['process'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 3; round += 1) {
        const { pid } = await executor.submit(basics.place);
        await killChild(pid);
        assert.equal(await executor.submit(basics.add, round, 1), round + 1);
      }
    },
  },
  {
    id: 'W3-killed-and-just-heard-of',
    rule: 'W3',
    title: 'a task that is submitted while the end of an idle process is being told runs in another',
    kinds: ['process'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      for (let round = 0; round < 15; round += 1) {
        const { pid } = await executor.submit(basics.place);
        process.kill(pid, 'SIGKILL');
        // Each turn of the event loop from the first one on in which the end is known.
        while (isThere(pid)) await turn();
        for (let turns = 0; turns < round % 5; turns += 1) await turn();
        assert.equal(await executor.submit(basics.add, round, 1), round + 1);
      }
    },
  },
  {
    id: 'W3a-killed-as-a-task-is-submitted',
    rule: 'W3a',
    title: 'a task handed to a process that is just dying runs once or rejects, and never twice',
    kinds: ['process'],
    async run({ create, tasks: { basics }, trace }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 8; round += 1) {
        const log = trace();
        const { pid } = await executor.submit(basics.place);
        process.kill(pid, 'SIGKILL');
        for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        const future = executor.submit(basics.leaveTrace, log.handle, 'ran');
        const next = executor.submit(basics.add, round, 1);
        const [end] = await Promise.allSettled([future]);
        if (end.status === 'rejected') assert.equal(end.reason.code, 'ERR_WORKER_CRASHED');
        else assert.deepEqual(log.lines(), ['ran']);
        assert.ok(log.lines().length <= 1);
        assert.equal(await next, round + 1);
      }
    },
  },
  {
    id: 'W3a-crashing-task-runs-once',
    rule: 'W3a',
    title: 'a task whose worker died while it ran is not run again',
    kinds,
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 2 });
      const log = trace();
      const door = await gate();
      door.open();
      for (let round = 0; round < 3; round += 1) {
        await assert.rejects(executor.submit(control.endAt, door.handle, log.handle, 'exit'), {
          code: 'ERR_WORKER_CRASHED',
        });
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['exit', 'exit', 'exit']);
    },
  },
  {
    id: 'W3-exits-while-idle',
    rule: 'W3',
    title:
      'a worker that exits by itself after it delivered its result is replaced, and the next task does not pay for it',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      for (const code of [0, 5]) {
        const [door, log] = [await gate(), trace()];
        const { pid } = await executor.submit(basics.place);
        assert.equal(await executor.submit(lifecycle.exitAfter, door.handle, log.handle, code), 'returned');
        await door.waiting(1);
        door.open();
        await log.until(1);
        if (pid !== process.pid) await childEnd(pid);
        assert.equal(await executor.submit(basics.add, code, 1), code + 1);
      }
    },
  },
  {
    id: 'W3-submitted-while-the-worker-exits',
    rule: 'W3',
    title: 'a task handed to a worker that is already exiting runs on another',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log, runs] = [await gate(), trace(), trace()];
      assert.equal(await executor.submit(lifecycle.exitSlowlyAfter, door.handle, log.handle), 'returned');
      await log.until(1);
      const next = executor.submit(basics.leaveTrace, runs.handle, 'ran');
      const last = executor.submit(basics.add, 1, 2);
      await new Promise((resolve) => setImmediate(resolve));
      door.open();
      await next;
      assert.equal(await last, 3);
      assert.deepEqual([log.lines(), runs.lines(), next.state], [['exit'], ['ran'], 'fulfilled']);
    },
  },
  {
    id: 'W3-exits-right-after-the-result',
    rule: 'W3',
    title: 'a worker that exits in the very turn of its result costs one task at most, and the executor nothing',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 4; round += 1) {
        // The result itself may be lost with the worker, or a task that the worker was quick enough to begin.
        const futures = [
          executor.submit(lifecycle.exitRightAfter, 5),
          ...[1, 2, 3, 4].map((n) => executor.submit(basics.add, n, n)),
        ];
        const lost = (await Promise.allSettled(futures)).filter((end) => end.status === 'rejected');
        assert.ok(lost.length <= 1, `${lost.length} tasks were lost`);
        for (const { reason } of lost) assert.equal(reason.code, 'ERR_WORKER_CRASHED');
      }
    },
  },
  ...(['throwAfter', 'rejectAfter', 'throwUnsendableAfter'] as const).flatMap((late): ConformanceCase[] => [
    {
      id: `W3-${late}-while-idle`,
      rule: 'W3',
      title: `a late error of a finished task (${late}) in an idle worker costs no task, and the worker is replaced`,
      kinds,
      async run({ create, tasks: { control, lifecycle }, gate, trace }) {
        const executor = create({ maxWorkers: 1 });
        const [door, log] = [await gate(), trace()];
        const { workerId } = await executor.submit(control.readContext);
        const future = executor.submit(lifecycle[late], door.handle, log.handle);
        assert.equal(await future, 'returned');
        await door.waiting(1);
        door.open();
        await log.until(1);
        // What tells of the error and what brings results are two channels: some more tasks may be through before it is heard of.
        while ((await executor.submit(control.readContext)).workerId === workerId);
        assert.equal(future.state, 'fulfilled');
      },
    },
    {
      id: `W3-${late}-while-the-next-runs`,
      rule: 'W3',
      title: `a late error of a finished task (${late}) lets the task that now runs there finish, and then the worker is replaced`,
      kinds,
      async run({ create, tasks: { basics, control, lifecycle }, gate, trace }) {
        const executor = create({ maxWorkers: 1 });
        const [fuse, door, log, work] = [await gate(), await gate(), trace(), trace()];
        const { workerId } = await executor.submit(control.readContext);
        await executor.submit(lifecycle[late], fuse.handle, log.handle);
        const innocent = executor.submit(control.span, work.handle, 'innocent', door.handle);
        const queued = executor.submit(control.readContext);
        await Promise.all([fuse.waiting(1), door.waiting(1)]);
        fuse.open();
        await log.until(1);
        assert.equal(innocent.state, 'running');
        door.open();
        assert.equal(await innocent, 'innocent');
        assert.notEqual((await queued).workerId, workerId);
        assert.deepEqual(work.lines(), ['start innocent', 'end innocent']);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      },
    },
  ]),
  {
    id: 'W3-late-error-races-the-next-task',
    rule: 'W3',
    title: 'a late error in the turn after the result never costs the task that was just handed over',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 8; round += 1) {
        assert.equal(await executor.submit(lifecycle.throwRightAfter), 'returned');
        for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(await executor.submit(basics.add, round, 1), round + 1);
      }
    },
  },
  {
    id: 'W3-error-without-an-owner',
    rule: 'W3',
    title: 'an uncaught error that belongs to no task counts against the one that runs',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(lifecycle.initialized);
      const future = executor.submit(lifecycle.throwWithoutOwner, 'whose is it?');
      const queued = executor.submit(basics.add, 1, 2);
      const error = Object(await reasonOf(future));
      assert.equal(error.code, 'ERR_WORKER_CRASHED');
      assert.equal(Object(error.cause).message, 'whose is it?');
      assert.equal(await queued, 3);
    },
  },
  {
    id: 'W3-late-error-and-a-full-queue',
    rule: 'W3',
    title: 'tasks with late errors among others cost none of those queued',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 2 });
      const late = Array.from({ length: 6 }, () => executor.submit(lifecycle.throwRightAfter));
      const sums = Array.from({ length: 12 }, (_, i) => executor.submit(basics.addLater, i, 1));
      assert.ok((await Promise.all(late)).every((value) => value === 'returned'));
      assert.deepEqual(
        await Promise.all(sums),
        sums.map((_, i) => i + 1),
      );
    },
  },
  {
    id: 'W3-late-exit-before-an-import',
    rule: 'W3',
    title:
      'a late exit that comes when the next task is there already costs nothing, while its module is still to be imported',
    kinds,
    async run({ create, gate, tasks: { lifecycle } }) {
      for (let round = 0; round < 3; round += 1) {
        const executor = create({ maxWorkers: 1 });
        const door = await gate();
        // A module that is there: else the task would stay before its reply.
        await executor.submit(lifecycle.initialized);
        assert.equal(await executor.submit(lifecycle.exitBehindTheNext, door.handle, 3), 'returned');
        const next = executor.submit(slowImport());
        // By then it has been sent.
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        door.open();
        assert.equal(await next, 'ran');
        await executor.terminate();
      }
    },
  },
  {
    id: 'W3-min-workers-replaced',
    rule: 'W3',
    title: 'an idle process of minWorkers that dies is replaced before anyone needs it',
    kinds: ['process'],
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 1,
        minWorkers: 1,
        initializer: { task: lifecycle.initialize, args: [starts.handle] },
      });
      const { pid } = await executor.submit(basics.place);
      await killChild(pid);
      await starts.until(2);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'W3-caller-survives',
    rule: 'W3',
    title: 'late errors in workers neither end the caller nor reach its uncaughtException',
    kinds,
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, () => console.log(event));
        for (let round = 0; round < 3; round += 1) {
          console.log(await executor.submit(tasks.lifecycle.throwRightAfter), await executor.submit(tasks.basics.add, 1, 2));
        }
        await executor.shutdown();
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'returned 3\n'.repeat(3), exitCode: 0 });
    },
  },
  {
    id: 'W4-stack-overflow',
    rule: 'W4',
    title: 'a stack overflow in a task is an ordinary RangeError, and the worker goes on',
    kinds,
    async run({ create, tasks: { control, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      const { workerId } = await executor.submit(control.readContext);
      await assert.rejects(executor.submit(lifecycle.overflowTheStack), RangeError);
      assert.equal((await executor.submit(control.readContext)).workerId, workerId);
    },
  },
];
