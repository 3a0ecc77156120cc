import assert from 'node:assert/strict';
import { inlineTask, partial, run } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { withDefault } from './with-default.js';

const kinds = ['thread', 'process'] as const;
const core = import.meta.resolve('@anypool/core');

export const workerHookCases: readonly ConformanceCase[] = [
  {
    id: 'X1-finalizer-that-cannot-be-called',
    rule: 'X1',
    title: 'a finalizer whose arguments cannot be copied keeps nothing from ending',
    kinds: ['inline'],
    async run({ create, tasks: { basics } }) {
      const finalizer = { task: basics.echo, args: [() => {}] };
      const executor = create({ stopTimeout: Number.POSITIVE_INFINITY, finalizer });
      await executor.submit(basics.nothing);
      await executor.shutdown();
    },
  },
  {
    id: 'W6-initializer-runs-once',
    rule: 'W6',
    title: 'the initializer runs with its arguments, once in each worker, and has ended before the first task',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const log = trace();
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.initializeLater, args: [log.handle, 'with words'] },
      });
      for (let i = 0; i < 3; i += 1) assert.deepEqual(await executor.submit(lifecycle.initialized), ['with words']);
      assert.deepEqual(log.lines(), ['initializer with words']);
    },
  },
  {
    id: 'W6-initializer-in-each-worker',
    rule: 'W6',
    title: 'each worker runs the initializer',
    kinds,
    async run({ create, tasks: { control, lifecycle }, gate, trace }) {
      const [log, door] = [trace(), await gate()];
      const executor = create({
        maxWorkers: 3,
        initializer: { task: lifecycle.initialize, args: [log.handle, 'here'] },
      });
      const futures = Array.from({ length: 3 }, () => executor.submit(control.workerIdAt, door.handle));
      await door.waiting(3);
      assert.equal(log.lines().length, 3);
      door.open();
      await Promise.all(futures);
    },
  },
  {
    id: 'W6-initializer-in-a-replacement',
    rule: 'W6',
    title: 'the initializer runs again in the replacement of a worker that died',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const log = trace();
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.initialize, args: [log.handle, 'again'] },
      });
      const futures = [executor.submit(lifecycle.exitWith, 3), executor.submit(lifecycle.exitWith, 0)];
      const last = executor.submit(lifecycle.initialized);
      for (const future of futures) await assert.rejects(future, { code: 'ERR_WORKER_CRASHED' });
      assert.deepEqual(await last, ['again']);
      assert.equal(log.lines().length, 3);
    },
  },
  {
    id: 'W6-initializer-after-a-cancel-by-force',
    rule: 'W6',
    title: 'the initializer runs again in the replacement of a worker that was stopped by force',
    requires: ['terminate'],
    kinds,
    async run({ create, tasks: { control, lifecycle }, trace }) {
      const [log, stubborn] = [trace(), trace()];
      const executor = create({
        maxWorkers: 1,
        cancelGrace: 0,
        initializer: { task: lifecycle.initialize, args: [log.handle] },
      });
      const loop = executor.submit(control.spinForever, stubborn.handle);
      await stubborn.until(1);
      loop.cancel();
      await assert.rejects(loop, { code: 'ERR_CANCELLED' });
      await executor.submit(control.readContext);
      assert.equal(log.lines().length, 2);
    },
  },
  {
    id: 'W6-hooks-are-tasks',
    rule: 'W6',
    title: 'an initializer may be a bound task or an inline one',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const log = trace();
      const bound = create({
        maxWorkers: 1,
        initializer: { task: partial(lifecycle.initialize, log.handle, 'bound'), args: ['and', 'not'] },
      });
      assert.deepEqual(await bound.submit(lifecycle.initialized), ['bound and not']);
      const setUp = inlineTask((value: string) => void Reflect.set(globalThis, 'setUpWith', value));
      const inline = create({ maxWorkers: 1, initializer: { task: setUp, args: ['inline'] } });
      assert.equal(await inline.submit(inlineTask(() => Reflect.get(globalThis, 'setUpWith'))), 'inline');
    },
  },
  {
    id: 'W6-hooks-know-where-they-run',
    rule: 'W6',
    title: "the taskContext() of an initializer and of a finalizer tells the executor's name, the kind and the worker",
    kinds,
    async run({ create, kind, tasks: { control }, trace }) {
      const log = trace();
      const hook = { task: control.traceContext, args: [log.handle] as const };
      const executor = create({ maxWorkers: 1, name: 'hooked', initializer: hook, finalizer: hook });
      const { workerId } = await executor.submit(control.readContext);
      await executor.shutdown();
      const line = `hooked ${kind} ${workerId}`;
      assert.deepEqual(log.lines(), [line, line]);
    },
  },
  {
    id: 'W6-hooks-may-wait-for-the-default-executor',
    rule: 'W6',
    title: 'an initializer may wait for run() though the default executor has one worker, which it initializes',
    kinds,
    async run({ create, tasks: { basics, control } }) {
      const initializer = { task: control.nestWide, args: [core, basics.add.module, 2] };
      await withDefault(create({ maxWorkers: 1, initializer }), async () => {
        assert.equal(await run(basics.add, 1, 2), 3);
      });
    },
  },
  {
    id: 'W6-finalizer-before-a-clean-stop',
    rule: 'W6',
    title: 'the finalizer runs in each worker after its last task, and shutdown() waits for it',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [log, door] = [trace(), await gate()];
      const executor = create({ maxWorkers: 2, finalizer: { task: lifecycle.finishLater, args: [log.handle] } });
      const futures = ['a', 'b'].map((name) => executor.submit(basics.waitAndTrace, door.handle, log.handle, name));
      await door.waiting(2);
      door.open();
      await Promise.all(futures);
      await executor.shutdown();
      const lines = log.lines();
      assert.deepEqual(lines.slice(0, 2).toSorted(), ['a', 'b']);
      assert.deepEqual(lines.slice(2), ['finalizer', 'finalizer']);
    },
  },
  {
    id: 'W6-finalizer-not-after-a-kill',
    rule: 'W6',
    title: 'a worker that is killed or that crashed runs no finalizer',
    kinds,
    requires: ['terminate'],
    async run({ create, tasks: { control, lifecycle }, trace }) {
      const [log, stubborn] = [trace(), trace()];
      const executor = create({ maxWorkers: 1, finalizer: { task: lifecycle.finish, args: [log.handle] } });
      await assert.rejects(executor.submit(lifecycle.exitWith, 3), { code: 'ERR_WORKER_CRASHED' });
      const loop = executor.submit(control.spinForever, stubborn.handle);
      await stubborn.until(1);
      const terminated = executor.terminate();
      await assert.rejects(loop, { code: 'ERR_EXECUTOR_SHUTDOWN' });
      await terminated;
      assert.deepEqual(log.lines(), []);
    },
  },
  ...(['failToFinish', 'exitWhileFinishing'] as const).map(
    (finalizer): ConformanceCase => ({
      id: `W6-${finalizer}`,
      rule: 'W6',
      title: `a finalizer that goes wrong (${finalizer}) hinders neither the stop nor the exit handlers`,
      kinds,
      async run({ create, tasks: { lifecycle }, trace }) {
        const log = trace();
        const executor = create({
          maxWorkers: 1,
          stopTimeout: 60_000,
          finalizer: { task: lifecycle[finalizer], args: [log.handle] },
        });
        await executor.submit(lifecycle.traceExit, log.handle, 'exit');
        await executor.shutdown();
        assert.deepEqual(log.lines(), ['finalizer', 'exit']);
      },
    }),
  ),
  {
    id: 'W6-finalizer-not-found',
    rule: 'W6',
    title: 'a finalizer that does not exist hinders no stop',
    kinds,
    async run({ create, tasks: { basics } }) {
      for (const module of ['file:///no/such/module.js', basics.add.module]) {
        const executor = create({ maxWorkers: 1, finalizer: { task: { module, name: 'noSuchExport' } } });
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
        await executor.shutdown();
      }
    },
  },
];
