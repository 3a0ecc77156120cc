import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { outcome } from './map-outcome.js';
import { assertCode } from './outcomes.js';
import { reasonOf } from './rejection.js';

const requires = ['stream'] as const;

type Way = 'break' | 'throw' | 'return' | 'await using';

/** Reads three items of an endless stream, and leaves. */
async function leaveAfterThree(items: AsyncIterableIterator<number> & AsyncDisposable, way: Way): Promise<unknown> {
  if (way === 'await using') {
    await using disposed = items;
    for (let i = 0; i < 3; i += 1) await disposed.next();
    return 'left';
  }
  for await (const item of items) {
    if (item < 2) continue;
    if (way === 'throw') throw new Error('out of here');
    if (way === 'return') return 'returned';
    break;
  }
  return 'left';
}

async function assertGoesOn({ tasks: { basics } }: CaseContext, executor: ReturnType<CaseContext['create']>) {
  assert.equal(await executor.submit(basics.add, 1, 2), 3);
}

/** P2: leaving a stream before its end. */
export const streamLeavingCases: readonly ConformanceCase[] = [
  ...(['break', 'throw', 'return', 'await using'] as const).map(
    (way): ConformanceCase => ({
      id: `P2-leaving-by-${way.replace(' ', '-')}`,
      rule: 'P2',
      title: `leaving the loop by ${way} closes the generator: its finally has run then, in its worker, which goes on`,
      requires,
      local: localOnly.place,
      async run(context) {
        const { create, tasks, trace } = context;
        const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
        const place = await executor.submit(tasks.basics.place);
        for (const task of [tasks.streams.endless, tasks.streams.endlessSync]) {
          for (const highWaterMark of [1, 16]) {
            const log = trace();
            const left = leaveAfterThree(executor.with({ highWaterMark }).stream(task, log.handle), way);
            if (way === 'throw') assert.equal(Object(await reasonOf(left)).message, 'out of here');
            else await left;
            assert.equal(log.lines().at(-1), 'finally true', `${task.name}, ${highWaterMark}`);
          }
        }
        assert.deepEqual(await executor.submit(tasks.basics.place), place);
      },
    }),
  ),
  {
    id: 'P2-left-is-over',
    rule: 'P2',
    title: 'a stream that was left gives nothing more, may be left again, and one that was never read runs nothing',
    requires,
    async run(context) {
      const {
        create,
        tasks: { streams },
        trace,
      } = context;
      const executor = create({ maxWorkers: 1 });
      const [log, unread] = [trace(), trace()];
      const items = executor.stream(streams.endless, log.handle);
      await items.next();
      await Promise.all([items.return(), items.return(), items[Symbol.asyncDispose]()]);
      assert.deepEqual(await items.next(), { done: true, value: undefined });
      assert.deepEqual(await items.return(), { done: true, value: undefined });
      assert.equal(log.lines().filter((line) => line.startsWith('finally')).length, 1);
      const other = executor.stream(streams.endless, unread.handle);
      await other.return();
      assert.deepEqual(await other.next(), { done: true, value: undefined });
      await assertGoesOn(context, executor);
      assert.deepEqual(unread.lines(), []);
    },
  },
  {
    id: 'P2-leaving-while-it-waits',
    rule: 'P2',
    title: 'a stream can be left while next() waits: next() says done, the task sees its signal or is closed',
    requires,
    async run(context) {
      const {
        create,
        tasks: { streams },
        trace,
      } = context;
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      for (const [task, last] of [
        [streams.untilAborted, 'finally'],
        [streams.untilClosed, 'closed'],
      ] as const) {
        const log = trace();
        const items = executor.stream(task, log.handle);
        assert.equal((await items.next()).value, 'first');
        const waiting = [items.next(), items.next()];
        await log.until(1);
        const left = items.return();
        assert.deepEqual(await Promise.all(waiting), Array(2).fill({ done: true, value: undefined }));
        await left;
        assert.deepEqual(log.lines(), ['waiting', last]);
      }
      await assertGoesOn(context, executor);
    },
  },
  {
    id: 'P2-left-while-queued',
    rule: 'P2',
    title: 'a stream that is left, or cancelled, before its call has a worker never starts',
    requires,
    async run(context) {
      const {
        create,
        gate,
        tasks: { basics, streams },
        trace,
      } = context;
      const [door, log] = [await gate(), trace()];
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const controller = new AbortController();
      const items = executor.stream(streams.endless, log.handle);
      const cancelled = executor.with({ signal: controller.signal }).stream(streams.endless, log.handle);
      const [step, other] = [items.next(), cancelled.next()];
      await items.return();
      assert.deepEqual(await step, { done: true, value: undefined });
      controller.abort('enough');
      assert.equal(await reasonOf(other), 'enough');
      door.open();
      await blocker;
      await assertGoesOn(context, executor);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'P2-sync-generator-sees-the-cancel',
    rule: 'P2',
    title: 'a generator that makes items without a pause is closed between two of them',
    requires,
    kinds: ['thread', 'process'],
    async run(context) {
      const {
        create,
        tasks: { basics, streams },
        trace,
      } = context;
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const place = await executor.submit(basics.place);
      const log = trace();
      const items = executor.with({ highWaterMark: 2 ** 31 }).stream(streams.rush, log.handle);
      await items.next();
      await items.return();
      assert.deepEqual(log.lines(), ['finally']);
      assert.deepEqual(await executor.submit(basics.place), place);
    },
  },
  {
    id: 'P2-leaving-a-stuck-task',
    rule: 'P2',
    title:
      'a task that takes no notice of being left is ended with its worker after cancelGrace, and then the loop is left',
    requires: ['stream', 'terminate'],
    kinds: ['thread', 'process'],
    async run(context) {
      const {
        create,
        tasks: { streams },
        trace,
      } = context;
      for (const cancelGrace of [0, 50]) {
        const executor = create({ maxWorkers: 1, cancelGrace });
        const log = trace();
        const items = executor.stream(streams.spinAfterOne, log.handle);
        assert.equal((await items.next()).value, 'first');
        const next = items.next();
        await log.until(1);
        await items.return();
        assert.deepEqual(await next, { done: true, value: undefined });
        await assertGoesOn(context, executor);
      }
    },
  },
  {
    id: 'P2-a-signal',
    rule: 'P2',
    title: 'an aborted signal makes next() reject with its reason, drops what was not read, and closes the generator',
    requires,
    async run(context) {
      const {
        create,
        tasks: { streams },
        trace,
      } = context;
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const reason = new Error('enough');
      for (const task of [streams.endless, streams.endlessSync]) {
        const [log, controller] = [trace(), new AbortController()];
        const items = executor.with({ signal: controller.signal }).stream(task, log.handle);
        await items.next();
        await log.until(5);
        controller.abort(reason);
        assert.equal(await reasonOf(items.next()), reason);
        assert.deepEqual(await items.next(), { done: true, value: undefined });
        await assertGoesOn(context, executor);
        assert.equal(log.lines().at(-1), 'finally true');
      }
      const late = executor.with({ signal: AbortSignal.abort('too late') }).stream(streams.count, 3);
      assert.equal(await reasonOf(late.next()), 'too late');
    },
  },
  {
    id: 'P2-time-limits',
    rule: 'P2',
    title: 'timeout, from the first next() on, and runTimeout end a stream, and close the generator',
    requires,
    async run(context) {
      const {
        create,
        tasks: { streams },
        trace,
      } = context;
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      // So that the limits are not used up by the start of a worker.
      assert.equal((await outcome(executor.stream(streams.count, 1))).values.length, 1);
      for (const limit of [{ timeout: 300 }, { runTimeout: 300 }]) {
        const log = trace();
        const { values, error } = await outcome(executor.with(limit).stream(streams.untilAborted, log.handle));
        assert.deepEqual([Object(error).code, Object(error).phase], ['ERR_TASK_TIMEOUT', 'run']);
        await assertGoesOn(context, executor);
        assert.deepEqual([values, log.lines()], [['first'], ['waiting', 'finally']]);
      }
    },
  },
  {
    id: 'P2-leaving-holds-the-process',
    rule: 'P2',
    title: 'a script that leaves a stream ends after the generator’s finally, without a shutdown',
    requires,
    async run({ script, trace }) {
      const log = trace();
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        for await (const item of executor.stream(tasks.streams.endless, ${JSON.stringify(log.handle)})) if (item === 3) break;
        console.log('left');
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'left\n', stderr: '', exitCode: 0 });
      assert.equal(log.lines().at(-1), 'finally true');
    },
  },
  {
    id: 'P2-left-streams-leave-nothing',
    rule: 'P2',
    title: 'of many streams that were left at any moment, each frees its worker',
    requires,
    cap: 60_000,
    async run(context) {
      const {
        create,
        tasks: { streams },
        trace,
      } = context;
      const executor = create({ maxWorkers: 2 });
      const log = trace();
      for (let round = 0; round < 40; round += 1) {
        const items = executor.with({ highWaterMark: 1 + (round % 4) }).stream(streams.endless, log.handle);
        const steps = Array.from({ length: round % 5 }, () => items.next());
        for (let turn = 0; turn < round % 7; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        await items.return();
        await Promise.all(steps);
      }
      await assertGoesOn(context, executor);
      await executor.shutdown();
    },
  },
  {
    id: 'P2-refused-after-shutdown',
    rule: 'P2',
    title: 'after a shutdown a stream is refused at its first next(), as a submit is',
    requires,
    async run({ create, tasks: { streams } }) {
      const executor = create();
      const items = executor.stream(streams.count, 3);
      await executor.shutdown();
      await assertCode(items.next(), 'ERR_EXECUTOR_SHUTDOWN');
      assert.deepEqual(await items.next(), { done: true, value: undefined });
      await assertCode(executor.stream(streams.count, 3).next(), 'ERR_EXECUTOR_SHUTDOWN');
    },
  },
];
