import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { outcome } from './map-outcome.js';
import { assertCode, errorOf } from './outcomes.js';

const requires = ['stream'] as const;

/** P2: how a stream meets the end of its executor, and calls that have no items. */
export const streamEndCases: readonly ConformanceCase[] = [
  {
    id: 'P2-shutdown-waits',
    rule: 'P2',
    title: 'a shutdown waits until a stream was read to its end',
    requires,
    async run({ create, tasks: { streams } }) {
      const executor = create({ maxWorkers: 1 });
      const items = executor.stream(streams.count, 100);
      assert.equal((await items.next()).value, 0);
      const closed = executor.shutdown();
      const { values, error } = await outcome(items);
      assert.deepEqual([values.length, values.at(-1), error], [99, 99, undefined]);
      await closed;
    },
  },
  {
    id: 'P2-terminate',
    rule: 'P2',
    title: 'terminate() makes next() reject, whether it waits or comes later, and items that were not read are dropped',
    requires,
    async run({ create, tasks: { streams }, trace }) {
      const log = trace();
      const executor = create({ maxWorkers: 2 });
      const [waiting, idle] = [executor.stream(streams.untilAborted, log.handle), executor.stream(streams.count, 1000)];
      await waiting.next();
      await idle.next();
      const next = waiting.next();
      const rejected = assertCode(next, 'ERR_EXECUTOR_SHUTDOWN');
      await log.until(1);
      await executor.terminate();
      await rejected;
      await assertCode(idle.next(), 'ERR_EXECUTOR_SHUTDOWN');
      for (const items of [waiting, idle]) assert.deepEqual(await items.next(), { done: true, value: undefined });
    },
  },
  {
    id: 'P2-what-was-asked-for-is-silent',
    rule: 'P2',
    title: 'a next() that a terminate or a signal makes reject, and that nobody awaits, is no unhandled rejection',
    requires,
    async run({ script, trace }) {
      const log = trace();
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const controller = new AbortController();
        const handle = ${JSON.stringify(log.handle)};
        const items = executor.with({ signal: controller.signal }).stream(tasks.streams.untilAborted, handle);
        await items.next();
        void items.next();
        controller.abort(new Error('enough'));
        const others = executor.stream(tasks.streams.untilAborted, handle);
        await others.next();
        void others.next();
        await executor.terminate();
        await new Promise((resolve) => setImmediate(resolve));
        console.log('still here');
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'still here\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'P2-nothing-with-items',
    rule: 'P2',
    title: 'a task that returns nothing with items makes next() reject with a TypeError that says so',
    requires,
    async run({ create, tasks: { basics, streams } }) {
      const executor = create({ maxWorkers: 1 });
      for (const value of [undefined, null, 5, 'text', {}]) {
        const items = executor.stream(streams.notIterable, value);
        const error = await errorOf(items.next());
        assert.ok(error instanceof TypeError && error.message.includes('notIterable'), error.stack);
        assert.deepEqual(await items.next(), { done: true, value: undefined });
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'P2-refusals-come-by-next',
    rule: 'P2',
    title: 'stream() throws nothing: what is no task, or cannot be sent or found, is told by the first next()',
    requires,
    local: localOnly.modules,
    async run({ create, tasks: { basics, streams } }) {
      const executor = create({ maxWorkers: 1 });
      const noTask = executor.stream(5 as unknown as typeof streams.count, 1);
      assert.ok((await errorOf(noTask.next())) instanceof TypeError);
      await assertCode(executor.stream(streams.give, [() => {}]).next(), 'ERR_NOT_CLONEABLE');
      const { module } = streams.count;
      await assertCode(executor.stream({ module, name: 'noSuchExport' }).next(), 'ERR_TASK_NOT_FOUND');
      await assertCode(executor.stream({ module: 'file:///no/such/module.js', name: 'x' }).next(), 'ERR_TASK_MODULE');
      assert.ok((await errorOf(executor.stream(streams.throwAtOnce, 'at once').next())) instanceof RangeError);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'P2-submit-is-no-stream',
    rule: 'P2',
    title: 'a task that returns a generator is refused by submit() as a result that cannot travel (V3)',
    requires,
    async run({ create, tasks: { streams } }) {
      const future = create().submit(streams.count as never);
      await assert.rejects(future, { code: 'ERR_NOT_CLONEABLE', path: 'result', side: 'result' });
    },
  },
];
