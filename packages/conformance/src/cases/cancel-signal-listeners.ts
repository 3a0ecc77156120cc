import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../case.js';
import { warningsDuring } from './warnings.js';

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

export const cancelSignalListenerCases: readonly ConformanceCase[] = [
  {
    id: 'C6-no-listener-is-left',
    rule: 'C6',
    title: 'however a Future settles, its signal keeps no listener',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const { signal } = new AbortController();
      const view = executor.with({ signal });
      const settle = async (future: Promise<unknown>) => {
        await future.catch(() => {});
        assert.equal(listeners(signal), 0);
      };
      await settle(view.submit(basics.add, 1, 2));
      await settle(view.submit(control.failWith, 'broken'));
      const none: (() => void)[] = [() => {}];
      await settle(view.submit(basics.echo, none));

      const door = await gate();
      const running = view.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = view.submit(basics.nothing);
      assert.equal(listeners(signal), 1);
      queued.cancel();
      await queued.catch(() => {});
      assert.equal(listeners(signal), 1);
      await view
        .with({ timeout: 1 })
        .submit(basics.nothing)
        .catch(() => {});
      door.open();
      await settle(running);

      const unfinished = view.submit(basics.waitAt, (await gate()).handle);
      const terminated = executor.terminate();
      await settle(unfinished);
      await terminated;
      await settle(view.submit(basics.add, 1, 2));
    },
  },
  {
    id: 'C6-no-listener-after-a-crash',
    rule: 'C6',
    title: 'a Future whose worker crashed leaves no listener on its signal',
    requires: ['isolation'],
    async run({ create, tasks: { lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      const { signal } = new AbortController();
      await assert.rejects(executor.with({ signal }).submit(lifecycle.exitWith, 3), { code: 'ERR_WORKER_CRASHED' });
      assert.equal(listeners(signal), 0);
    },
  },
  {
    id: 'C6-one-listener-per-signal',
    rule: 'C6',
    title: 'a signal has one listener however many tasks, views and executors share it',
    async run({ create, tasks: { basics }, gate }) {
      const executors = [create({ maxWorkers: 1 }), create({ maxWorkers: 1 })];
      const door = await gate();
      const { signal } = new AbortController();
      const views = executors.map((executor) => executor.with({ signal }).with({ priority: 1 }).with({ signal }));
      const blockers = views.map((view) => view.submit(basics.waitAt, door.handle));
      const futures = views.flatMap((view) => Array.from({ length: 500 }, (_, i) => view.submit(basics.add, i, 1)));
      assert.equal(listeners(signal), 1);
      door.open();
      await Promise.all(blockers);
      assert.deepEqual(
        await Promise.all(futures),
        views.flatMap(() => Array.from({ length: 500 }, (_, i) => i + 1)),
      );
      assert.equal(listeners(signal), 0);
    },
  },
  {
    id: 'C6-a-hundred-thousand-tasks',
    rule: 'C6',
    title: 'one signal cancels 100,000 queued tasks without a warning',
    cap: 60_000,
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const controller = new AbortController();
      const view = executor.with({ signal: controller.signal });
      const warnings = await warningsDuring(async () => {
        const futures = Array.from({ length: 100_000 }, (_, i) => view.submit(basics.add, i, 1));
        assert.equal(listeners(controller.signal), 1);
        controller.abort('all of you');
        const ends = await Promise.allSettled(futures);
        assert.ok(ends.every((end) => end.status === 'rejected' && end.reason === 'all of you'));
        assert.ok(futures.every((future) => future.state === 'cancelled'));
      });
      assert.deepEqual(warnings, []);
      assert.equal(listeners(controller.signal), 0);
      door.open();
      await blocker;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'C6-signal-holds-no-arguments',
    rule: 'C6',
    title: 'a signal that lives on keeps nothing of the tasks that have settled, and of those running no arguments',
    async run({ script }) {
      const { stdout, stderr } = await script(
        `
        const executor = createExecutor({ maxWorkers: 1 });
        const controller = new AbortController();
        const view = executor.with({ signal: controller.signal });
        // The task that made the listener settles first; the signal stays in use by the one after it.
        function first() {
          const argument = { big: new Uint8Array(1 << 20) };
          return { argument: new WeakRef(argument), future: view.submit(tasks.basics.nothing, argument) };
        }
        const { argument, future } = first();
        const second = view.submit(tasks.control.awaitForever, { file: 'trace' });
        await future;
        while (second.state !== 'running') await new Promise((resolve) => setTimeout(resolve, 5));
        for (let round = 0; round < 20 && argument.deref() !== undefined; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          gc();
        }
        console.log(argument.deref() === undefined ? 'collected' : 'kept');
        controller.abort();
        await executor.terminate();
        `,
        { execArgv: ['--expose-gc'] },
      );
      assert.deepEqual({ stdout, stderr }, { stdout: 'collected\n', stderr: '' });
    },
  },
];
