import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { assertCode } from './outcomes.js';

/** Rule D6: views that run at most so many of their tasks at once. */
export const limitCases: readonly ConformanceCase[] = [
  {
    id: 'D6-limit',
    rule: 'D6',
    title: 'a limited view runs at most so many of its tasks at once, and the other workers are for everybody else',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 3 });
      const limited = executor.limit(1, 'one at a time');
      const log = trace();
      const futures = [1, 2, 3, 4].map(() => limited.submit(basics.traceSteps, log.handle));
      const door = await gate();
      const others = [1, 2].map(() => executor.submit(basics.waitAt, door.handle));
      await door.waiting(2);
      await Promise.all(futures);
      const lines = log.lines();
      assert.equal(lines.length, 8);
      lines.forEach((line, i) => {
        assert.ok(line.startsWith(i % 2 === 0 ? 'start ' : 'end '), lines.join());
      });
      door.open();
      await Promise.all(others);
    },
  },
  {
    id: 'D6-limit-that-many',
    rule: 'D6',
    title:
      'with enough workers, as many tasks of a limited view run as it allows, also through views of the view, its map and bind',
    async run({ create, tasks: { basics, control }, gate }) {
      const limited = create({ maxWorkers: 4 }).limit(2);
      const door = await gate();
      const first = limited.with({ timeout: 60_000 }).submit(basics.waitAt, door.handle);
      const second = limited.bind(basics).waitAt(door.handle);
      const mapped = limited
        .map(control.waitIfGated, [{ value: 1, gate: door.handle }])
        [Symbol.asyncIterator]()
        .next();
      const last = limited.submit(basics.waitAt, door.handle);
      await door.waiting(2);
      assert.deepEqual([first.state, second.state, last.state], ['running', 'running', 'queued']);
      assert.equal(door.arrived, 2);
      door.open();
      await Promise.all([first, second, last]);
      assert.deepEqual(await mapped, { done: false, value: 1 });
    },
  },
  {
    id: 'D6-limit-starts-no-idle-workers',
    rule: 'D6',
    title: 'tasks that wait under a limit make no worker start that they could not use',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 4 });
      const limited = executor.limit(1);
      await Promise.all(Array.from({ length: 20 }, () => limited.submit(basics.addLater, 1, 2)));
      assert.equal(executor.stats().workers, 1);
    },
  },
  {
    id: 'D6-limit-keeps-the-order',
    rule: 'D6',
    title:
      'under a limit, too, the highest priority starts first and equal ones in the order of submission, before what was submitted later',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const limited = executor.limit(1);
      const submit = (view: Pick<typeof executor, 'submit'>, name: string) =>
        view.submit(basics.leaveTrace, log.handle, name);
      const futures = [
        submit(limited, 'low'),
        submit(limited.with({ priority: 1 }), 'high'),
        submit(limited.with({ priority: 1 }), 'high too'),
        submit(limited, 'low too'),
        submit(executor, 'unlimited'),
        submit(executor.with({ priority: 2 }), 'highest'),
      ];
      door.open();
      await Promise.all([blocker, ...futures]);
      assert.deepEqual(log.lines(), ['highest', 'high', 'high too', 'low', 'low too', 'unlimited']);
    },
  },
  {
    id: 'D6-limit-cancelled',
    rule: 'D6',
    title:
      'a task cancelled under a limit never starts, and one that is cancelled while it runs keeps its place until it has left its worker',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 2, cancelGrace: Number.POSITIVE_INFINITY });
      const limited = executor.limit(1);
      const [door, log] = [await gate(), trace()];
      const running = limited.submit(basics.waitAndTrace, door.handle, log.handle, 'running');
      const parked = limited.submit(basics.leaveTrace, log.handle, 'cancelled');
      const next = limited.submit(basics.leaveTrace, log.handle, 'next');
      await door.waiting(1);
      assert.deepEqual([parked.cancel(), running.cancel()], [true, true]);
      await Promise.all([assertCode(parked, 'ERR_CANCELLED'), assertCode(running, 'ERR_CANCELLED')]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(next.state, 'queued');
      door.open();
      await next;
      assert.deepEqual(log.lines(), ['running', 'next']);
    },
  },
  {
    id: 'D6-limit-after-a-crash',
    rule: 'D6',
    title: 'a task that dies with its worker makes room under its limit',
    kinds: ['thread', 'process'],
    requires: ['isolation'],
    async run({ create, tasks: { basics, lifecycle } }) {
      const limited = create({ maxWorkers: 2 }).limit(1);
      const crashing = limited.submit(lifecycle.exitWith, 3);
      const next = limited.submit(basics.add, 1, 2);
      await assertCode(crashing, 'ERR_WORKER_CRASHED');
      assert.equal(await next, 3);
    },
  },
  {
    id: 'D6-limit-and-the-end',
    rule: 'D6',
    title: 'shutdown() runs what waits under a limit, cancelPending cancels it and terminate() rejects it',
    async run({ create, tasks: { basics }, gate }) {
      const start = async () => {
        const executor = create({ maxWorkers: 2 });
        const door = await gate();
        const limited = executor.limit(1);
        const running = limited.submit(basics.waitAt, door.handle);
        const waiting = [1, 2, 3].map((n) => limited.submit(basics.add, n, n));
        await door.waiting(1);
        return { executor, door, running, waiting };
      };
      const drained = await start();
      const closed = drained.executor.shutdown();
      drained.door.open();
      assert.deepEqual(await Promise.all(drained.waiting), [2, 4, 6]);
      await closed;
      const cancelled = await start();
      const ended = cancelled.executor.shutdown({ cancelPending: true });
      for (const future of cancelled.waiting) await assertCode(future, 'ERR_CANCELLED');
      cancelled.door.open();
      await Promise.all([cancelled.running, ended]);
      const terminated = await start();
      const gone = terminated.executor.terminate();
      for (const future of [terminated.running, ...terminated.waiting])
        await assertCode(future, 'ERR_EXECUTOR_SHUTDOWN');
      terminated.door.open();
      await gone;
    },
  },
  {
    id: 'D6-limit-counts-for-the-queue',
    rule: 'D6',
    title: 'tasks that wait under a limit count for maxQueue, though workers are idle, which are there for others',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 3, maxQueue: 2 });
      const limited = executor.limit(1);
      const door = await gate();
      const futures = [1, 2, 3].map(() => limited.submit(basics.waitAt, door.handle));
      for (let round = 0; round < 3; round += 1) {
        await assertCode(limited.submit(basics.nothing), 'ERR_QUEUE_FULL');
        assert.deepEqual(await Promise.all([1, 2].map((n) => executor.submit(basics.add, n, n))), [2, 4]);
      }
      door.open();
      await Promise.all(futures);
    },
  },
  {
    id: 'D6-limit-options',
    rule: 'D6',
    title: 'a limit that is none throws at the call, naming the argument and the value',
    async run({ create }) {
      const executor = create();
      for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => executor.limit(wrong), {
          name: 'RangeError',
          message: new RegExp(`maxConcurrent .*${wrong}`),
        });
      }
      for (const wrong of ['2', null, undefined]) {
        // @ts-expect-error what the types forbid
        assert.throws(() => executor.limit(wrong), { name: 'TypeError', message: /maxConcurrent/ });
      }
      assert.throws(() => executor.limit(1, ''), { name: 'RangeError', message: /name/ });
    },
  },
];
