import assert from 'node:assert/strict';
import type { Future } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { reasonOf } from './rejection.js';

export const cancelQueuedCases: readonly ConformanceCase[] = [
  {
    id: 'C1-queued-task-never-starts',
    rule: 'C1',
    title: 'a task cancelled while queued never starts',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      const queued = executor.submit(basics.leaveTrace, log.handle, 'started');
      await door.waiting(1);
      assert.equal(queued.cancel(), true);
      await assert.rejects(queued, { name: 'CancelledError', code: 'ERR_CANCELLED' });
      door.open();
      await blocker;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C1-before-its-turn',
    rule: 'C1',
    title: 'a task that is cancelled in the turn of its submit never starts on the thread of its caller',
    kinds: ['inline'],
    async run({ create, tasks: { basics }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      await executor.submit(basics.leaveTrace, log.handle, 'the first');
      const future = executor.submit(basics.leaveTrace, log.handle, 'the cancelled one');
      future.cancel('not any more');
      assert.equal(await reasonOf(future), 'not any more');
      await executor.submit(basics.nothing);
      assert.deepEqual(log.lines(), ['the first']);
    },
  },
  {
    id: 'C1-rejects-while-others-run',
    rule: 'C1',
    title: 'a queued task that is cancelled rejects before the task ahead of it has ended',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      const queued = executor.submit(basics.nothing);
      await door.waiting(1);
      queued.cancel();
      assert.equal(queued.state, 'cancelled');
      await assert.rejects(queued, { code: 'ERR_CANCELLED' });
      assert.equal(blocker.state, 'running');
      door.open();
      await blocker;
    },
  },
  {
    id: 'C1-reason-itself',
    rule: 'C1',
    title: 'a cancelled task rejects with the reason itself, whatever it is, and only undefined means none',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      for (const reason of [
        new RangeError('enough'),
        { why: 'enough' },
        'enough',
        '',
        0,
        false,
        null,
        Symbol('why'),
        () => {},
      ]) {
        const queued = executor.submit(basics.nothing);
        assert.equal(queued.cancel(reason), true);
        assert.equal(await reasonOf(queued), reason);
        assert.equal(queued.state, 'cancelled');
      }
      const queued = executor.submit(basics.nothing);
      queued.cancel(undefined);
      await assert.rejects(queued, { code: 'ERR_CANCELLED' });
      door.open();
      await blocker;
    },
  },
  {
    id: 'C1-thenable-reason',
    rule: 'C1',
    title: 'a reason that is a promise or a thenable is not awaited',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      const reason = new Promise(() => {});
      const queued = executor.submit(basics.nothing);
      queued.cancel(reason);
      const seen: unknown[] = []; // returned from an async function, it would be awaited here
      await queued.catch((given: unknown) => void seen.push(given));
      assert.equal(seen[0], reason);
      door.open();
      await blocker;
    },
  },
  {
    id: 'C1-settled-task-stays',
    rule: 'C1',
    title: 'cancel() on a settled Future returns false and changes nothing',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const fulfilled = executor.submit(basics.add, 1, 2);
      await fulfilled;
      assert.equal(fulfilled.cancel('late'), false);
      assert.equal(fulfilled.state, 'fulfilled');
      assert.equal(await fulfilled, 3);

      const rejected = executor.submit(control.failWith, 'broken');
      await assert.rejects(rejected, { message: 'broken' });
      assert.equal(rejected.cancel('late'), false);
      assert.equal(rejected.state, 'rejected');
      await assert.rejects(rejected, { message: 'broken' });

      const door = await gate();
      const blocker = executor.submit(basics.waitAt, door.handle);
      const cancelled = executor.submit(basics.nothing);
      assert.equal(cancelled.cancel('first'), true);
      assert.equal(cancelled.cancel('second'), false);
      assert.equal(await reasonOf(cancelled), 'first');
      assert.equal(cancelled.cancel('third'), false);
      assert.equal(cancelled.state, 'cancelled');
      door.open();
      await blocker;
    },
  },
  {
    id: 'C1-cancel-in-the-tick-of-submit',
    rule: 'C1',
    title: 'a task cancelled in the tick of its submit rejects, and a queued one never starts',
    async run({ create, tasks: { basics }, trace }) {
      const executor = create({ maxWorkers: 2 });
      for (const round of ['cold', 'warm', 'warm again']) {
        const log = trace();
        const future = executor.submit(basics.leaveTrace, log.handle, round);
        const wasQueued = future.state === 'queued';
        assert.equal(future.cancel(round), true);
        assert.equal(await reasonOf(future), round);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
        if (wasQueued) assert.deepEqual(log.lines(), []);
      }
    },
  },
  {
    id: 'C1-cancel-while-the-worker-starts',
    rule: 'C1',
    title: 'a task that waits for its worker to start can be cancelled and never starts',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, starts, log] = [await gate(), trace(), trace()];
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.initializeAt, args: [door.handle, starts.handle] },
      });
      const future = executor.submit(basics.leaveTrace, log.handle, 'started');
      await door.waiting(1);
      assert.equal(future.state, 'queued');
      future.cancel('not needed');
      assert.equal(await reasonOf(future), 'not needed');
      door.open();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C1-cancel-while-the-arguments-are-read',
    rule: 'C1',
    title: 'a task that is cancelled by the reading of its own arguments never starts, and the next one does',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      const trap = {
        get file() {
          future.cancel('while being read');
          return log.handle.file;
        },
      };
      const future: Future<unknown> = executor.submit(basics.leaveTrace, trap, 'started');
      const next = executor.submit(basics.add, 1, 2);
      door.open();
      await blocker;
      assert.equal(await reasonOf(future), 'while being read');
      assert.equal(await next, 3);
      assert.equal(future.state, 'cancelled');
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C5-the-rest-of-the-queue-runs',
    rule: 'C5',
    title: 'cancelling some of the queued tasks leaves the others, their order and their results alone',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      const futures = Array.from({ length: 20 }, (_, i) => executor.submit(basics.leaveTrace, log.handle, String(i)));
      const [dropped, kept] = [futures.filter((_, i) => i % 3 === 0), futures.filter((_, i) => i % 3 !== 0)];
      for (const future of dropped) assert.equal(future.cancel(), true);
      door.open();
      await Promise.all([blocker, ...kept]);
      for (const future of dropped) await assert.rejects(future, { code: 'ERR_CANCELLED' });
      assert.deepEqual(
        log.lines(),
        futures.map((_, i) => String(i)).filter((_, i) => i % 3 !== 0),
      );
    },
  },
  {
    id: 'C5-running-neighbours-finish',
    rule: 'C5',
    title: 'cancelling a running task disturbs neither a task on another worker nor those queued',
    async run({ create, capabilities, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 2, ...(capabilities.terminate && { cancelGrace: 0 }) });
      const [door, victims, log] = [await gate(), await gate(), trace()];
      const neighbour = executor.submit(control.span, log.handle, 'neighbour', door.handle);
      const victim = executor.submit(basics.waitAt, victims.handle);
      await Promise.all([door.waiting(1), victims.waiting(1)]);
      const queued = Array.from({ length: 4 }, (_, i) => executor.submit(basics.add, i, 1));
      victim.cancel('only you');
      assert.equal(await reasonOf(victim), 'only you');
      victims.open(); // where nothing can be stopped by force, the task's slot is free only now
      assert.deepEqual(await Promise.all(queued), [1, 2, 3, 4]);
      assert.equal(neighbour.state, 'running');
      door.open();
      assert.equal(await neighbour, 'neighbour');
      assert.deepEqual(log.lines(), ['start neighbour', 'end neighbour']);
    },
  },
];
