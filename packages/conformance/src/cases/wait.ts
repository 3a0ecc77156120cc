import assert from 'node:assert/strict';
import { asCompleted, type Future, wait } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { busy } from './busy.js';
import { reasonOf } from './rejection.js';

/** Rule M6: several Futures at once. */
export const waitCases: readonly ConformanceCase[] = [
  {
    id: 'M6-wait-for-all',
    rule: 'M6',
    title: 'wait() resolves when all Futures have settled, however they did, and never rejects',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const last = executor.submit(basics.waitAt, door.handle);
      const cancelled = executor.submit(basics.nothing);
      const failed = executor.submit(control.failWith, 'broken');
      const futures: Future<unknown>[] = [last, cancelled, failed, executor.submit(basics.add, 1, 2)];
      const waited = wait(futures);
      cancelled.cancel();
      door.open();
      const { done, notDone } = await waited;
      assert.deepEqual([[...done].length, notDone.size], [4, 0]);
      for (const future of futures) assert.ok(done.has(future));
      assert.deepEqual(
        futures.map((future) => future.state),
        ['fulfilled', 'cancelled', 'rejected', 'fulfilled'],
      );
    },
  },
  {
    id: 'M6-wait-in-a-burst',
    rule: 'M6',
    title: 'wait() resolves for small tasks that end while it looks at them',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      await Promise.all(Array.from({ length: 4 }, (_, n) => executor.submit(basics.add, n, 1)));
      const until = performance.now() + 1500;
      for (let round = 0; performance.now() < until; round += 1) {
        const futures = Array.from({ length: 250 }, (_, n) => executor.submit(basics.add, n, 1));
        // Some have ended, and nobody has looked yet.
        busy((round % 10) / 10);
        const { done, notDone } = await wait(futures);
        assert.deepEqual([done.size, notDone.size], [250, 0]);
      }
    },
  },
  {
    id: 'M6-wait-for-the-first',
    rule: 'M6',
    title: "returnWhen 'FIRST_COMPLETED' resolves with the first Future that has settled, in whatever way",
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const slow = executor.submit(basics.waitAt, door.handle);
      const failed: Future<unknown> = executor.submit(control.failWith, 'broken');
      const { done, notDone } = await wait([slow, failed], { returnWhen: 'FIRST_COMPLETED' });
      assert.deepEqual([done, notDone], [new Set([failed]), new Set([slow])]);
      assert.equal(slow.state, 'running');
      door.open();
      await slow;
    },
  },
  {
    id: 'M6-wait-for-the-first-failure',
    rule: 'M6',
    title:
      "returnWhen 'FIRST_EXCEPTION' passes over results, resolves with the first failure, and without one with all",
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const slow = executor.submit(basics.waitAt, door.handle);
      const good: Future<unknown> = executor.submit(basics.add, 1, 2);
      const failed: Future<unknown> = executor.submit(control.failWith, 'broken');
      const { done, notDone } = await wait([slow, good, failed], { returnWhen: 'FIRST_EXCEPTION' });
      assert.deepEqual([done, notDone], [new Set([good, failed]), new Set([slow])]);
      door.open();
      assert.equal((await wait([slow, good], { returnWhen: 'FIRST_EXCEPTION' })).done.size, 2);
      assert.equal((await wait([failed, good], { returnWhen: 'FIRST_EXCEPTION' })).done.size, 2);
    },
  },
  {
    id: 'M6-wait-looks-once-at-each',
    rule: 'M6',
    title: 'wait() looks a few times at each Future, however many are cancelled or fail while it waits',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const count = 300;
      for (const returnWhen of ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const) {
        let looks = 0;
        const futures = Array.from({ length: count }, () => {
          const future = executor.submit(basics.nothing);
          const prototype = Object.getPrototypeOf(future);
          Object.defineProperty(future, 'state', {
            get() {
              looks += 1;
              return Reflect.get(prototype, 'state', future);
            },
          });
          return future;
        });
        const waited = wait<Future<unknown>>(futures, { returnWhen });
        for (const future of futures) future.cancel();
        assert.equal((await waited).done.size, count);
        assert.ok(looks <= 10 * count, `${looks} looks at ${count} Futures, ${returnWhen}`);
      }
      door.open();
      await blocker;
    },
  },
  {
    id: 'M6-keeps-nothing',
    rule: 'M6',
    title: 'a Future that stays pending keeps nothing of those that were waited for together with it',
    async run({ script }) {
      const { stdout, stderr } = await script(
        `
        const executor = createExecutor({ maxWorkers: 2 });
        const long = executor.submit(tasks.control.awaitForever, { file: 'trace' });
        async function waitedFor(wait) {
          const quick = executor.submit(tasks.basics.nothing);
          await wait([long, quick]);
          return new WeakRef(quick);
        }
        const waited = [
          await waitedFor((futures) => core.wait(futures, { returnWhen: 'FIRST_COMPLETED' })),
          await waitedFor((futures) => core.wait(futures, { timeout: 20 })),
          await waitedFor(async (futures) => {
            for await (const _ of core.asCompleted(futures)) break;
          }),
        ];
        const isKept = () => waited.map((future) => future.deref() !== undefined);
        for (let round = 0; round < 20 && isKept().includes(true); round += 1) {
          await executor.submit(tasks.basics.nothing);
          gc();
        }
        console.log(isKept().join());
        await executor.terminate();
        `,
        { execArgv: ['--expose-gc'] },
      );
      assert.deepEqual({ stdout, stderr }, { stdout: 'false,false,false\n', stderr: '' });
    },
  },
  {
    id: 'M6-wait-time-limit',
    rule: 'M6',
    title: 'past its timeout wait() resolves with what there is, and cancels nothing',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const done = executor.submit(basics.add, 1, 2);
      await done;
      const door = await gate();
      const slow = executor.submit(basics.waitAndReturn, door.handle, 'slow');
      const queued = executor.submit(basics.add, 2, 2);
      await door.waiting(1);
      const ends = await wait<Future<unknown>>([done, slow, queued], { timeout: 20 });
      assert.deepEqual([ends.done, ends.notDone], [new Set([done]), new Set([slow, queued])]);
      assert.deepEqual([slow.state, queued.state], ['running', 'queued']);
      const patient = [2 ** 31, 1e15, Number.POSITIVE_INFINITY].map((timeout) => wait([slow], { timeout }));
      await wait([queued], { timeout: 5 });
      door.open();
      for (const { notDone } of await Promise.all(patient)) assert.equal(notDone.size, 0);
      assert.deepEqual([await slow, await queued], ['slow', 4]);
    },
  },
  {
    id: 'M6-wait-for-what-is-there',
    rule: 'M6',
    title: 'wait() counts duplicates once, takes any iterable, and resolves at once for settled Futures and for none',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const future = executor.submit(basics.add, 1, 2);
      function* twice() {
        yield future;
        yield future;
      }
      assert.deepEqual(await wait(twice()), { done: new Set([future]), notDone: new Set() });
      for (const returnWhen of ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const) {
        assert.deepEqual(await wait([future], { returnWhen }), { done: new Set([future]), notDone: new Set() });
        assert.deepEqual(await wait([], { returnWhen }), { done: new Set(), notDone: new Set() });
      }
    },
  },
  {
    id: 'M6-what-is-no-future',
    rule: 'M6',
    title: 'what is no Future is refused by wait() and asCompleted(), which say what it is',
    async run() {
      for (const wrong of [1, Promise.resolve(), undefined]) {
        // @ts-expect-error what the types forbid
        await assert.rejects(wait([wrong]), { name: 'TypeError', message: /Futures/ });
        // @ts-expect-error what the types forbid
        assert.throws(() => asCompleted([wrong]), { name: 'TypeError', message: /Futures/ });
      }
      for (const wrong of [null, undefined, 1, {}]) {
        // @ts-expect-error what the types forbid
        await assert.rejects(wait(wrong), TypeError);
        // @ts-expect-error what the types forbid
        assert.throws(() => asCompleted(wrong), TypeError);
      }
    },
  },
  {
    id: 'M6-what-only-resembles-a-future',
    rule: 'M6',
    title: 'a promise of somebody else that happens to have a state is refused by wait() and asCompleted()',
    async run({ create, tasks: { basics } }) {
      const future = create({ maxWorkers: 1 }).submit(basics.add, 1, 2);
      for (const state of ['pending', 'queued', 'fulfilled']) {
        const foreign = Object.assign(Promise.resolve(), { state, id: 1, cancel() {} });
        // @ts-expect-error what the types forbid
        await assert.rejects(wait([future, foreign]), { name: 'TypeError', message: /Futures/ });
        // @ts-expect-error what the types forbid
        assert.throws(() => asCompleted([future, foreign]), { name: 'TypeError', message: /Futures/ });
      }
      assert.equal(await future, 3);
    },
  },
  {
    id: 'M6-as-completed',
    rule: 'M6',
    title: 'asCompleted() gives the Futures themselves as they settle, failed and cancelled ones included',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const slow: Future<unknown> = executor.submit(basics.waitAndReturn, door.handle, 'slow');
      const failed: Future<unknown> = executor.submit(control.failWith, 'broken');
      const good: Future<unknown> = executor.submit(basics.add, 1, 2);
      const cancelled: Future<unknown> = executor.submit(basics.nothing);
      cancelled.cancel();
      const order: Future<unknown>[] = [];
      for await (const future of asCompleted([slow, failed, slow, good, cancelled])) {
        assert.notEqual(future.state, 'queued');
        assert.notEqual(future.state, 'running');
        order.push(future);
        if (order.length === 3) door.open();
      }
      assert.equal(order.length, 4);
      assert.deepEqual(new Set(order), new Set([slow, failed, good, cancelled]));
      assert.equal(order.at(-1), slow);
      assert.ok(order.indexOf(failed) < order.indexOf(good));
    },
  },
  {
    id: 'M6-as-completed-of-none-and-of-settled',
    rule: 'M6',
    title: 'asCompleted() of no Futures ends at once, and of settled ones gives them all',
    async run({ create, tasks: { basics } }) {
      for await (const _ of asCompleted([])) assert.fail('there is none');
      const executor = create({ maxWorkers: 2 });
      const futures = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      await Promise.all(futures);
      const values: number[] = [];
      for await (const future of asCompleted(futures, { timeout: 60_000 })) values.push(await future);
      assert.deepEqual(values.toSorted(), [2, 4, 6]);
    },
  },
  {
    id: 'M6-as-completed-time-limit',
    rule: 'M6',
    title: 'past its timeout asCompleted() throws a TaskTimeoutError, after what has settled, and cancels nothing',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const slow: Future<unknown> = executor.submit(basics.waitAndReturn, door.handle, 'slow');
      const good: Future<unknown> = executor.submit(basics.add, 1, 2);
      await good;
      const given: Future<unknown>[] = [];
      const iteration = (async () => {
        for await (const future of asCompleted([slow, good], { timeout: 30 })) given.push(future);
      })();
      assert.equal(Object(await reasonOf(iteration)).code, 'ERR_TASK_TIMEOUT');
      assert.deepEqual(given, [good]);
      assert.equal(slow.state, 'running');
      door.open();
      assert.equal(await slow, 'slow');
    },
  },
  {
    id: 'M6-as-completed-says-how-many',
    rule: 'M6',
    title:
      'the TaskTimeoutError of asCompleted() counts the tasks that had not completed, given or not, and says where they are',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const done = [1, 2].map((n) => executor.submit(basics.add, n, n));
      await Promise.all(done);
      const slow = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = executor.submit(basics.nothing);
      for (const [pending, phase] of [
        [[slow, queued], 'run'],
        [[queued], 'queue'],
      ] as const) {
        const completed = asCompleted<Future<unknown>>([...done, ...pending], { timeout: 20 });
        // None is asked for before the time is over.
        await new Promise((resolve) => setTimeout(resolve, 60));
        const given = [await completed.next(), await completed.next()];
        assert.deepEqual(
          given.map(({ value }) => value),
          done,
        );
        const error: object = Object(await reasonOf(completed.next()));
        assert.equal(Reflect.get(error, 'phase'), phase);
        assert.match(String(error), new RegExp(`\\b${pending.length} of ${2 + pending.length} tasks`));
      }
      door.open();
      await Promise.all([slow, queued]);
    },
  },
  {
    id: 'M6-as-completed-is-left',
    rule: 'M6',
    title: 'leaving asCompleted() cancels nothing',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const futures: Future<unknown>[] = [
        executor.submit(basics.add, 1, 2),
        executor.submit(basics.waitAndReturn, door.handle, 'slow'),
      ];
      for await (const future of asCompleted(futures)) {
        assert.equal(future, futures[0]);
        break;
      }
      door.open();
      assert.equal(await futures[1], 'slow');
    },
  },
  {
    id: 'M6-shutdown-settles-the-wait',
    rule: 'M6',
    title: 'wait() and asCompleted() end when the Futures are terminated',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const futures = [executor.submit(basics.waitAt, door.handle), executor.submit(basics.nothing)];
      const waited = wait(futures);
      const collected = (async () => {
        let count = 0;
        for await (const _ of asCompleted(futures)) count += 1;
        return count;
      })();
      await door.waiting(1);
      await executor.terminate();
      assert.equal((await waited).done.size, 2);
      assert.equal(await collected, 2);
    },
  },
  {
    id: 'M6-no-timer-is-left',
    rule: 'M6',
    title: 'wait() and asCompleted() that ended before their timeout do not keep the process alive',
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const future = executor.submit(tasks.basics.add, 1, 2);
        await core.wait([future], { timeout: 1e6 });
        for await (const done of core.asCompleted([future], { timeout: 1e6 })) console.log(await done);
        const more = [executor.submit(tasks.basics.add, 1, 1), executor.submit(tasks.basics.add, 2, 2)];
        for await (const done of core.asCompleted(more, { timeout: 1e6 })) break;
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: '3\n', exitCode: 0 });
    },
  },
];
