import assert from 'node:assert/strict';
import type { Future } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { movement } from '../fixtures/values.js';
import { busy, spin } from './busy.js';
import { moving } from './moving.js';
import { childEnd, isThere } from './process-end.js';
import { reasonOf } from './rejection.js';
import { endlessImport, spinningImport } from './task-modules.js';
import { warningsDuring } from './warnings.js';

const shutDown = { name: 'ExecutorShutdownError', code: 'ERR_EXECUTOR_SHUTDOWN' };

export const terminateCases: readonly ConformanceCase[] = [
  {
    id: 'X4-terminate',
    rule: 'X4',
    title: 'terminate() rejects every unsettled Future with ExecutorShutdownError, in the call itself',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const done = executor.submit(basics.add, 1, 2);
      await done;
      const futures = Array.from({ length: 6 }, () => executor.submit(basics.waitAt, door.handle));
      await door.waiting(2);
      const terminated = executor.terminate();
      assert.equal(executor.state, 'draining');
      for (const future of futures) {
        assert.equal(future.state, 'rejected');
        await assert.rejects(future, shutDown);
        assert.equal(future.cancel(), false);
      }
      door.open();
      await terminated;
      assert.equal(executor.state, 'closed');
      assert.equal(done.state, 'fulfilled');
      await assert.rejects(executor.submit(basics.nothing), shutDown);
    },
  },
  {
    id: 'X4-without-the-task-ending',
    rule: 'X4',
    title: 'terminate() resolves also where a task never ends, on every kind',
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const future = executor.submit(control.awaitForever, log.handle);
      await log.until(1);
      const terminated = executor.terminate();
      await assert.rejects(future, shutDown);
      await terminated;
    },
  },
  {
    id: 'X4-tells-the-task',
    rule: 'X4',
    title: 'where nothing can be stopped by force, a task at least sees that its executor is terminated',
    unless: ['terminate'],
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const future = executor.submit(control.untilAborted, log.handle);
      await log.until(1);
      const terminated = executor.terminate();
      await assert.rejects(future, shutDown);
      assert.match((await log.until(2))[1] ?? '', /"cancelled":true/);
      await terminated;
    },
  },
  ...(['spinForever', 'blockForever'] as const).map(
    (stubborn): ConformanceCase => ({
      id: `X4-stops-${stubborn}`,
      rule: 'X4',
      title: `terminate() stops a task that does ${stubborn}, and its worker is gone when it resolves`,
      requires: ['terminate'],
      async run({ create, tasks: { basics, control }, trace }) {
        const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
        const log = trace();
        const { pid } = await executor.submit(basics.place);
        const future = executor.submit(control[stubborn], log.handle);
        await log.until(1);
        const terminated = executor.terminate();
        await assert.rejects(future, shutDown);
        await terminated;
        if (pid !== process.pid) assert.equal(isThere(pid), false);
      },
    }),
  ),
  {
    id: 'X4-the-thread-is-gone',
    rule: 'X4',
    title: 'when terminate() resolves, the thread of a task that never ends does nothing any more',
    requires: ['terminate', 'sharedMemory'],
    kinds: ['thread'],
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const counter = new Int32Array(new SharedArrayBuffer(4));
      const future = executor.submit(values.countForever, counter);
      await moving(counter);
      const terminated = executor.terminate();
      await assert.rejects(future, shutDown);
      await terminated;
      assert.equal(movement(counter, 50), 0);
    },
  },
  {
    id: 'X4-while-workers-start',
    rule: 'X4',
    title: 'terminate() while workers start, with an initializer that never ends, stops them too',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      for (const initializer of [lifecycle.hangOnStart, lifecycle.spinOnStart]) {
        const log = trace();
        const executor = create({ maxWorkers: 2, initializer: { task: initializer, args: [log.handle] } });
        const futures = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
        const warm = reasonOf(executor.warmUp());
        await log.until(1);
        const terminated = executor.terminate();
        for (const future of futures) await assert.rejects(future, shutDown);
        assert.equal(Object(await warm).code, 'ERR_EXECUTOR_SHUTDOWN');
        await terminated;
      }
    },
  },
  {
    id: 'X4-in-the-tick-of-the-first-submit',
    rule: 'X4',
    title: 'terminate() or shutdown() straight after the first submit leaves no start behind',
    async run({ create, tasks: { basics } }) {
      const stopped = create({ maxWorkers: 2 });
      const futures = [1, 2].map((n) => stopped.submit(basics.add, n, n));
      const warm = stopped.warmUp().catch(() => {});
      await Promise.all([stopped.terminate(), warm, ...futures.map((future) => assert.rejects(future, shutDown))]);
      assert.equal(stopped.state, 'closed');

      const drained = create({ maxWorkers: 2 });
      const [future, shutdown] = [drained.submit(basics.add, 1, 2), drained.shutdown()];
      assert.equal(await future, 3);
      await shutdown;
      assert.equal(drained.state, 'closed');
    },
  },
  {
    id: 'X4-warm-up-under-shutdown',
    rule: 'X4',
    title: 'a warmUp() that a shutdown meets halfway settles',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { lifecycle }, gate, trace }) {
      const [door, log] = [await gate(), trace()];
      const executor = create({
        maxWorkers: 2,
        initializer: { task: lifecycle.initializeAt, args: [door.handle, log.handle] },
      });
      const warm = executor
        .warmUp()
        .catch((error: unknown) => assert.equal(Object(error).code, 'ERR_EXECUTOR_SHUTDOWN'));
      await door.waiting(1);
      const shutdown = executor.shutdown();
      door.open();
      await Promise.all([warm, shutdown]);
    },
  },
  {
    id: 'X4-while-a-module-is-imported',
    rule: 'X4',
    title: 'terminate() stops an import that never ends',
    requires: ['terminate'],
    async run({ create, trace }) {
      for (const endless of [endlessImport, spinningImport]) {
        const executor = create({ maxWorkers: 1 });
        const log = trace();
        const future = executor.submit(endless(log.handle));
        await log.until(1);
        const terminated = executor.terminate();
        await assert.rejects(future, shutDown);
        await terminated;
      }
    },
  },
  {
    id: 'X4-during-a-grace',
    rule: 'X4',
    title: 'terminate() does not wait for the grace of a cancelled task',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const loop = executor.submit(control.spinForever, log.handle);
      const queued = executor.submit(basics.nothing);
      await log.until(1);
      loop.cancel('cancelled');
      assert.equal(await reasonOf(loop), 'cancelled');
      const terminated = executor.terminate();
      await assert.rejects(queued, shutDown);
      await terminated;
      assert.equal(loop.state, 'cancelled');
    },
  },
  {
    id: 'X4-during-a-clean-stop',
    rule: 'X4',
    title: 'terminate() takes effect on a worker that hangs in its finalizer or its exit handlers',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      for (const finalizer of [lifecycle.finishNever, lifecycle.finishSpinning, undefined]) {
        const log = trace();
        const hook = finalizer === undefined ? undefined : { task: finalizer, args: [log.handle] as const };
        const executor = create({ maxWorkers: 1, stopTimeout: 600_000, finalizer: hook });
        if (hook === undefined) await executor.submit(lifecycle.spinAtExit, log.handle);
        else await executor.submit(basics.nothing);
        const shutdown = executor.shutdown();
        await log.until(1);
        await Promise.all([executor.terminate(), shutdown]);
        assert.equal(executor.state, 'closed');
      }
    },
  },
  {
    id: 'X4-killed-from-outside-meanwhile',
    rule: 'X4',
    title: 'a shutdown ends although its idle worker is killed from outside as it begins',
    kinds: ['process'],
    async run({ create, tasks: { basics } }) {
      for (const stop of ['shutdown', 'terminate'] as const) {
        const executor = create({ maxWorkers: 1 });
        const { pid } = await executor.submit(basics.place);
        process.kill(pid, 'SIGKILL');
        await executor[stop]();
        await childEnd(pid);
      }
    },
  },
  {
    id: 'X4-while-the-arguments-are-read',
    rule: 'X4',
    title: 'terminate() called by the reading of an argument rejects that task like any other, and resolves',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(basics.nothing);
      const future: Future<unknown> = executor.submit(basics.echo, {
        get trap() {
          void executor.terminate();
          return 1;
        },
      });
      const next = executor.submit(basics.nothing);
      await assert.rejects(future, shutDown);
      await assert.rejects(next, shutDown);
      await executor.terminate();
      assert.equal(executor.state, 'closed');
    },
  },
  {
    id: 'X4-from-a-submit',
    rule: 'X4',
    title:
      'terminate() and abort() called by who hears of a task while another one is being submitted hold for that one, too',
    kinds: ['thread', 'process', 'inline'],
    async run({ create, tasks: { control }, trace }) {
      for (const act of ['terminate', 'abort'] as const) {
        const executor = create({ maxWorkers: 1, maxQueue: 100 });
        await Promise.all([executor.submit(control.reportMany, 1), executor.submit(spin, 1)]);
        const controller = new AbortController();
        let closed: Promise<void> | undefined;
        const heard = (): void => {
          controller.abort('enough');
          if (act === 'terminate') closed ??= executor.terminate();
        };
        const futures: Future<unknown>[] = [executor.submit(spin, 20)];
        for (let n = 0; n < 5; n += 1) futures.push(executor.submit(control.reportMany, 3).onProgress(heard));
        for (const future of futures) future.catch(() => {});
        await futures[0];
        // Meanwhile a thread goes on by itself, and nobody looks.
        busy(5);
        const last = executor.with({ signal: controller.signal }).submit(control.untilAborted, trace().handle);
        await Promise.allSettled([last, ...futures]);
        if (act === 'abort') assert.equal(last.state, 'cancelled');
        await closed;
        await executor.terminate();
        assert.equal(executor.state, 'closed');
      }
    },
  },
  {
    id: 'X4-again-and-again',
    rule: 'X4',
    title: 'terminate() that is called many times gives no warning',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const future = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const warnings = await warningsDuring(async () => {
        const closed = Array.from({ length: 20 }, () => executor.terminate());
        await assert.rejects(future, shutDown);
        door.open();
        await Promise.all(closed);
      });
      assert.deepEqual(warnings, []);
    },
  },
  {
    id: 'X4-from-a-rejection',
    rule: 'X4',
    title: 'terminate() called by a handler of its own rejections works',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const running = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const again = running.catch(() => executor.terminate());
      await executor.terminate();
      door.open();
      await again;
    },
  },
];
