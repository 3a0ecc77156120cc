import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { reasonOf } from './rejection.js';
import { endlessImport, spinningImport } from './task-modules.js';

export const cancelByForceCases: readonly ConformanceCase[] = [
  ...(['spinForever', 'blockForever', 'awaitForever'] as const).map(
    (stubborn): ConformanceCase => ({
      id: `C3-stops-${stubborn}`,
      rule: 'C3',
      title: `a cancelled task that does ${stubborn} is stopped by force and its worker replaced`,
      requires: ['terminate'],
      async run({ create, tasks: { control }, trace }) {
        const executor = create({ maxWorkers: 1, cancelGrace: 50 });
        const log = trace();
        const { workerId } = await executor.submit(control.readContext);
        const future = executor.submit(control[stubborn], log.handle);
        const next = executor.submit(control.readContext);
        await log.until(1);
        future.cancel('enough');
        assert.equal(await reasonOf(future), 'enough');
        assert.notEqual((await next).workerId, workerId);
      },
    }),
  ),
  {
    id: 'C3-all-workers-at-once',
    rule: 'C3',
    title: 'endless loops in all workers at once are stopped, and the queue behind them runs',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 3, cancelGrace: 0 });
      const logs = [trace(), trace(), trace()];
      const stubborn = logs.map((log) => executor.submit(control.spinForever, log.handle));
      const queued = Array.from({ length: 6 }, (_, i) => executor.submit(basics.add, i, 1));
      await Promise.all(logs.map((log) => log.until(1)));
      for (const future of stubborn) future.cancel();
      for (const future of stubborn) await assert.rejects(future, { code: 'ERR_CANCELLED' });
      assert.deepEqual(await Promise.all(queued), [1, 2, 3, 4, 5, 6]);
    },
  },
  {
    id: 'C3-ends-within-the-grace',
    rule: 'C3',
    title: 'a task that ends by itself within the grace keeps its worker, with all its state',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 60_000 });
      const log = trace();
      const calls = await executor.submit(basics.count);
      const { workerId } = await executor.submit(control.readContext);
      const future = executor.submit(control.untilAborted, log.handle);
      await log.until(1);
      future.cancel();
      await assert.rejects(future, { code: 'ERR_CANCELLED' });
      assert.equal((await executor.submit(control.readContext)).workerId, workerId);
      assert.equal(await executor.submit(basics.count), calls + 1);
    },
  },
  {
    id: 'C3-grace-ends-with-its-task',
    rule: 'C3',
    title: 'the grace of a task that ended in time does not end the task after it',
    requires: ['terminate'],
    async run({ create, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 2, cancelGrace: 300 });
      const [door, log] = [await gate(), trace()];
      const obedient = executor.submit(control.untilAborted, log.handle);
      await log.until(1);
      const [stubborn, hold] = [trace(), trace()];
      const other = executor.submit(control.spinForever, stubborn.handle);
      await stubborn.until(1);
      obedient.cancel();
      await assert.rejects(obedient, { code: 'ERR_CANCELLED' });
      const successor = executor.submit(control.span, hold.handle, 'successor', door.handle);
      await door.waiting(1);
      // The clock of this case: when the loop's grace is over, that of the obedient task, which began earlier, is too.
      other.cancel();
      await assert.rejects(other, { code: 'ERR_CANCELLED' });
      await executor.submit(control.readContext);
      assert.equal(successor.state, 'running');
      door.open();
      assert.equal(await successor, 'successor');
    },
  },
  {
    id: 'C3-as-long-as-the-grace',
    rule: 'C3',
    title: 'a cancelled task that goes on has all of its grace, and not many times as much',
    requires: ['terminate'],
    alone: true,
    async run({ create, tasks: { basics }, gate }) {
      // From the cancel until the worker is gone.
      const lasted = async (cancelGrace: number) => {
        const executor = create({ maxWorkers: 1, cancelGrace });
        const door = await gate();
        const future = executor.submit(basics.waitAt, door.handle);
        await door.waiting(1);
        const start = performance.now();
        future.cancel();
        await Promise.all([door.lost(1), assert.rejects(future, { code: 'ERR_CANCELLED' })]);
        return performance.now() - start;
      };
      const atOnce = await lasted(0);
      const graceful = await lasted(400);
      assert.ok(graceful >= 398, `${graceful} ms for a grace of 400`);
      assert.ok(graceful <= 8 * 400 + 10 * atOnce, `${graceful} ms for a grace of 400, ${atOnce} without`);
    },
  },
  {
    id: 'C3-infinite-grace',
    rule: 'C3',
    title: 'cancelGrace Infinity, and one longer than a timer can be, never end the worker',
    requires: ['terminate'],
    async run({ create, tasks: { control }, gate, trace }) {
      const patient = [Number.POSITIVE_INFINITY, 2 ** 31, 1e12].map((cancelGrace) =>
        create({ maxWorkers: 1, cancelGrace }),
      );
      const [door, log] = [await gate(), trace()];
      const futures = patient.map((executor) => executor.submit(control.span, log.handle, 'patient', door.handle));
      await door.waiting(patient.length);
      for (const future of futures) {
        future.cancel();
        await assert.rejects(future, { code: 'ERR_CANCELLED' });
      }
      // The clock of this case: an executor with the default grace, in which the same goes wrong meanwhile.
      const usual = create({ maxWorkers: 1 });
      const stubborn = trace();
      const loop = usual.submit(control.spinForever, stubborn.handle);
      await stubborn.until(1);
      loop.cancel();
      await assert.rejects(loop, { code: 'ERR_CANCELLED' });
      await usual.submit(control.readContext);

      door.open();
      assert.deepEqual((await log.until(6)).filter((line) => line === 'end patient').length, 3);
    },
  },
  {
    id: 'C3-grace-of-a-view',
    rule: 'C3',
    title: 'the cancelGrace of a view takes precedence over that of the executor, either way',
    requires: ['terminate'],
    async run({ create, tasks: { control }, gate, trace }) {
      const patient = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const stubborn = trace();
      const loop = patient.with({ cancelGrace: 0 }).submit(control.spinForever, stubborn.handle);
      await stubborn.until(1);
      loop.cancel();
      await assert.rejects(loop, { code: 'ERR_CANCELLED' });
      await patient.submit(control.readContext);

      const hasty = create({ maxWorkers: 2, cancelGrace: 0 });
      const [door, log, other] = [await gate(), trace(), trace()];
      const spared = hasty
        .with({ cancelGrace: Number.POSITIVE_INFINITY })
        .submit(control.span, log.handle, 'spared', door.handle);
      const ended = hasty.submit(control.spinForever, other.handle);
      await Promise.all([door.waiting(1), other.until(1)]);
      spared.cancel();
      ended.cancel();
      await assert.rejects(spared, { code: 'ERR_CANCELLED' });
      await assert.rejects(ended, { code: 'ERR_CANCELLED' });
      await hasty.submit(control.readContext);
      door.open();
      assert.deepEqual(await log.until(2), ['start spared', 'end spared']);
    },
  },
  {
    id: 'C3-crash-within-the-grace',
    rule: 'C3',
    title: 'a cancelled task that takes its worker down stays cancelled, and the queue goes on',
    requires: ['isolation'],
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const [door, log] = [await gate(), trace()];
      const future = executor.submit(control.endAt, door.handle, log.handle, 'exit');
      const queued = executor.submit(basics.add, 1, 2);
      await door.waiting(1);
      future.cancel('before the crash');
      assert.equal(await reasonOf(future), 'before the crash');
      door.open();
      assert.equal(await queued, 3);
      assert.equal(future.state, 'cancelled');
      assert.deepEqual(log.lines(), ['exit']);
    },
  },
  {
    id: 'C3-import-under-way',
    rule: 'C3',
    title:
      'a task cancelled while its module is imported rejects at once, and an import without end gives its worker back',
    requires: ['terminate'],
    async run({ create, tasks: { basics }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 50 });
      for (const module of [endlessImport, spinningImport]) {
        const log = trace();
        const future = executor.submit(module(log.handle));
        const queued = executor.submit(basics.add, 1, 2);
        await log.until(1);
        future.cancel('too slow');
        assert.equal(await reasonOf(future), 'too slow');
        assert.equal(await queued, 3);
      }
    },
  },
  {
    id: 'C3-grace-refused',
    rule: 'C3',
    title: 'where nothing can be stopped by force, a cancelGrace that would end is refused, and an infinite one is not',
    unless: ['terminate'],
    async run({ create, tasks: { basics } }) {
      const refused = { name: 'UnsupportedOptionError', code: 'ERR_UNSUPPORTED_OPTION', option: 'cancelGrace' };
      for (const cancelGrace of [0, 100]) {
        assert.throws(() => create({ cancelGrace }), refused);
        assert.throws(() => create().with({ cancelGrace }), refused);
      }
      const view = create({ cancelGrace: Number.POSITIVE_INFINITY }).with({ cancelGrace: Number.POSITIVE_INFINITY });
      assert.equal(await view.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'C3-without-force',
    rule: 'C3',
    title: 'where nothing can be stopped by force, a cancelled task runs to its end and keeps its slot until then',
    unless: ['terminate'],
    async run({ create, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const first = executor.submit(control.span, log.handle, 'first', door.handle);
      const second = executor.submit(control.span, log.handle, 'second', door.handle);
      await door.waiting(1);
      first.cancel('enough');
      assert.equal(await reasonOf(first), 'enough');
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(second.state, 'queued');
      door.open();
      await second;
      assert.deepEqual(log.lines(), ['start first', 'end first', 'start second', 'end second']);
    },
  },
];
