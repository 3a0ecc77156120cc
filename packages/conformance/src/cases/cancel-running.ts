import assert from 'node:assert/strict';
import { tasksFrom } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import type { AbortFacts } from '../fixtures/control.js';
import { readableOnce } from '../fixtures/readable-once.js';
import { localOnly } from '../local-only.js';
import { reasonOf } from './rejection.js';

interface Seen {
  readonly aborted: boolean;
  readonly cancelled: boolean;
  readonly reason: AbortFacts;
}

function seen(lines: readonly string[]): Seen {
  const facts: Seen = JSON.parse(lines[1] ?? 'null');
  return facts;
}

export const cancelRunningCases: readonly ConformanceCase[] = [
  {
    id: 'C2-async-task-sees-the-abort',
    rule: 'C2',
    title: 'a running task sees its signal abort with the reason, and cancelled turn true',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const future = executor.submit(control.untilAborted, log.handle);
      await log.until(1);
      const reason = Object.assign(new TypeError('changed my mind'), { code: 'ERR_MIND' });
      assert.equal(future.cancel(reason), true);
      assert.equal(await reasonOf(future), reason);
      const { aborted, cancelled, reason: told } = seen(await log.until(2));
      assert.deepEqual({ aborted, cancelled }, { aborted: true, cancelled: true });
      assert.deepEqual(
        [told.isError, told.name, told.message, told.code],
        [true, 'TypeError', 'changed my mind', 'ERR_MIND'],
      );
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'C2-plain-reasons-arrive',
    rule: 'C2',
    title: 'a reason that is no Error is the signal reason in the task too',
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      for (const reason of ['enough', 0, null]) {
        const log = trace();
        const future = executor.submit(control.untilAborted, log.handle);
        await log.until(1);
        future.cancel(reason);
        assert.equal(await reasonOf(future), reason);
        assert.equal(seen(await log.until(2)).reason.text, String(reason));
      }
    },
  },
  {
    id: 'C2-no-reason-given',
    rule: 'C2',
    title: 'a task cancelled without a reason sees an error that says so',
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const future = executor.submit(control.untilAborted, log.handle);
      await log.until(1);
      future.cancel();
      await assert.rejects(future, { code: 'ERR_CANCELLED' });
      const { reason } = seen(await log.until(2));
      assert.deepEqual([reason.isError, reason.name, reason.code], [true, 'CancelledError', 'ERR_CANCELLED']);
    },
  },
  {
    id: 'C2-reason-that-cannot-travel',
    rule: 'C2',
    title: 'a reason that cannot be cloned rejects the Future as it is, and the task is told all the same',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      for (const reason of [
        () => 'why',
        Symbol('why'),
        { why: () => {} },
        Object.assign(new Error('why'), { why: new WeakMap() }),
        { why: new Intl.Segmenter('en').segment('text') },
        readableOnce(),
      ]) {
        const log = trace();
        const future = executor.submit(control.untilAborted, log.handle);
        await log.until(1);
        future.cancel(reason);
        assert.equal(await reasonOf(future), reason);
        assert.equal(seen(await log.until(2)).aborted, true);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
  {
    id: 'C2-synchronous-loop-sees-the-cancel',
    rule: 'C2',
    title: 'a synchronous loop that never yields sees cancelled turn true',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const { workerId } = await executor.submit(control.readContext);
      const future = executor.submit(control.spinUntilCancelled, log.handle);
      await log.until(1);
      future.cancel('stop spinning');
      assert.equal(await reasonOf(future), 'stop spinning');
      assert.deepEqual(await log.until(2), ['spinning', 'saw the cancel']);
      assert.equal((await executor.submit(control.readContext)).workerId, workerId);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'C2-loop-in-each-of-many-workers',
    rule: 'C2',
    title: 'of several synchronous loops only the one that was cancelled ends',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 3, cancelGrace: Number.POSITIVE_INFINITY });
      const logs = [trace(), trace(), trace()];
      const futures = logs.map((log) => executor.submit(control.spinUntilCancelled, log.handle));
      await Promise.all(logs.map((log) => log.until(1)));
      for (const [i, future] of futures.entries()) {
        future.cancel(i);
        assert.equal(await reasonOf(future), i);
        await logs[i]?.until(2);
        assert.deepEqual(
          logs.map((log) => log.lines().length),
          logs.map((_, other) => (other <= i ? 2 : 1)),
        );
      }
    },
  },
  {
    id: 'C2-heard-after-the-import',
    rule: 'C2',
    title: 'a task that was cancelled while its module was imported is not called, or hears its signal abort',
    local: localOnly.modules,
    async run({ create, kind, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const text = `
        import { waitAt } from ${JSON.stringify(basics.waitAt.module)};
        await waitAt(${JSON.stringify(door.handle)});
        export { untilHeard } from ${JSON.stringify(control.untilHeard.module)};
      `;
      const { untilHeard } = tasksFrom<Pick<typeof import('../fixtures/control.js'), 'untilHeard'>>(
        `data:text/javascript,${encodeURIComponent(text)}`,
      );
      const future = executor.submit(untilHeard, log.handle);
      await door.waiting(1);
      future.cancel('not any more');
      assert.equal(await reasonOf(future), 'not any more');
      door.open();
      await executor.submit(basics.nothing);
      // A process may be told too late for the first.
      if (kind !== 'process' || log.lines().length === 0) assert.deepEqual(log.lines(), []);
      else assert.deepEqual(log.lines(), ['heard: not any more']);
    },
  },
  {
    id: 'C2-signal-asked-for-late',
    rule: 'C2',
    title: 'a task that asks for its signal only after the cancel finds it aborted',
    local: localOnly.latency,
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const future = executor.submit(control.askForSignalLate, log.handle, door.handle);
      await door.waiting(1);
      future.cancel('late');
      assert.equal(await reasonOf(future), 'late');
      door.open();
      await executor.submit(basics.nothing);
      assert.deepEqual(log.lines(), ['waiting', 'aborted: true']);
    },
  },
  {
    id: 'C2-next-task-is-not-cancelled',
    rule: 'C2',
    title: 'the task after a cancelled one in the same worker is not cancelled',
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const { workerId } = await executor.submit(control.readContext);
      const future = executor.submit(control.untilAborted, log.handle);
      const next = executor.submit(control.readContext);
      await log.until(1);
      future.cancel('only you');
      assert.equal(await reasonOf(future), 'only you');
      const { aborted, cancelled, workerId: nextWorkerId, taskId } = await next;
      assert.deepEqual(
        { aborted, cancelled, nextWorkerId },
        { aborted: false, cancelled: false, nextWorkerId: workerId },
      );
      assert.equal(taskId, next.id);
    },
  },
  {
    id: 'C2-cancel-that-comes-too-late',
    rule: 'C2',
    title: 'a cancel that crosses the end of its task never reaches the next one',
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      await executor.submit(basics.nothing);
      for (let round = 0; round < 100; round += 1) {
        const future = executor.submit(basics.addLater, round, 1);
        const next = executor.submit(control.readContext);
        for (let turn = 0; turn < round % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        if (future.cancel(round)) assert.equal(await reasonOf(future), round);
        else assert.equal(await future, round + 1);
        const { aborted, cancelled } = await next;
        assert.deepEqual({ aborted, cancelled }, { aborted: false, cancelled: false });
      }
    },
  },
];
