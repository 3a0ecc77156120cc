import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../case.js';
import { reasonOf } from './rejection.js';

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

export const cancelBySignalCases: readonly ConformanceCase[] = [
  {
    id: 'C6-signals-that-throw',
    rule: 'C6',
    title: 'what a signal throws when it is listened to or asked for its reason is what its tasks reject with',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const broken = new Error('a broken signal');
      const deaf = new AbortController();
      Object.defineProperty(deaf.signal, 'addEventListener', {
        value: () => {
          throw broken;
        },
      });
      assert.equal(await reasonOf(executor.with({ signal: deaf.signal }).submit(basics.nothing)), broken);
      const silent = new AbortController();
      Object.defineProperty(silent.signal, 'reason', {
        get() {
          throw broken;
        },
      });
      const door = await gate();
      const view = executor.with({ signal: silent.signal });
      const [running, queued] = [view.submit(basics.waitAt, door.handle), view.submit(basics.nothing)];
      await door.waiting(1);
      silent.abort();
      assert.deepEqual(await Promise.all([running, queued].map(reasonOf)), [broken, broken]);
      assert.equal(await reasonOf(view.submit(basics.nothing)), broken);
      door.open();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      await executor.shutdown();
    },
  },
  {
    id: 'C6-aborted-before-submit',
    rule: 'C6',
    title: 'a task submitted with an aborted signal never starts and rejects with the signal reason itself',
    async run({ create, tasks: { basics }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      for (const reason of [new RangeError('too late'), 'too late', 0, null]) {
        const view = executor.with({ signal: AbortSignal.abort(reason) });
        const future = view.submit(basics.leaveTrace, log.handle, 'started');
        assert.equal(await reasonOf(future), reason);
        assert.equal(future.state, 'cancelled');
        assert.equal(future.cancel(), false);
      }
      const signal = AbortSignal.abort();
      const future = executor.with({ signal }).submit(basics.leaveTrace, log.handle, 'started');
      assert.equal(await reasonOf(future), signal.reason);
      assert.equal(listeners(signal), 0);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C6-aborted-while-queued',
    rule: 'C6',
    title: 'a task whose signal aborts while it is queued never starts and rejects with the reason itself',
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const controller = new AbortController();
      const blocker = executor.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const queued = executor.with({ signal: controller.signal }).submit(basics.leaveTrace, log.handle, 'started');
      const bystander = executor.submit(basics.add, 1, 2);
      const reason = { why: 'not needed' };
      controller.abort(reason);
      assert.equal(await reasonOf(queued), reason);
      assert.equal(queued.state, 'cancelled');
      assert.equal(listeners(controller.signal), 0);
      door.open();
      await blocker;
      assert.equal(await bystander, 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'C6-aborted-while-running',
    rule: 'C6',
    title: 'a task whose signal aborts while it runs rejects at once, and sees the abort',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const log = trace();
      const controller = new AbortController();
      const future = executor.with({ signal: controller.signal }).submit(control.untilAborted, log.handle);
      await log.until(1);
      const reason = new TypeError('changed my mind');
      controller.abort(reason);
      assert.equal(future.state, 'cancelled');
      assert.equal(await reasonOf(future), reason);
      assert.equal(listeners(controller.signal), 0);
      assert.match((await log.until(2))[1] ?? '', /changed my mind/);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'C6-abort-by-timeout-signal',
    rule: 'C6',
    title: 'AbortSignal.timeout() rejects a task with the TimeoutError that the signal has',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const signal = AbortSignal.timeout(20);
      const future = executor.with({ signal }).submit(basics.waitAt, door.handle);
      const reason = await reasonOf(future);
      assert.equal(reason, signal.reason);
      assert.ok(reason instanceof DOMException && reason.name === 'TimeoutError');
      assert.equal(future.state, 'cancelled');
      door.open();
    },
  },
  {
    id: 'C6-signals-combine',
    rule: 'C6',
    title: 'of the signals of nested views whichever aborts first cancels, with its own reason',
    async run({ create, capabilities, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 0 }) });
      for (const first of ['outer', 'inner'] as const) {
        const door = await gate();
        const controllers = { outer: new AbortController(), inner: new AbortController() };
        const view = executor.with({ signal: controllers.outer.signal }).with({ signal: controllers.inner.signal });
        const running = view.submit(basics.waitAt, door.handle);
        const queued = view.submit(basics.nothing);
        await door.waiting(1);
        controllers[first].abort(first);
        controllers[first === 'outer' ? 'inner' : 'outer'].abort('too late');
        assert.deepEqual([await reasonOf(running), await reasonOf(queued)], [first, first]);
        assert.deepEqual([listeners(controllers.outer.signal), listeners(controllers.inner.signal)], [0, 0]);
        door.open();
      }
    },
  },
  {
    id: 'C6-abort-after-the-end',
    rule: 'C6',
    title: 'a signal that aborts after its tasks have settled changes nothing',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const controller = new AbortController();
      const future = executor.with({ signal: controller.signal }).submit(basics.add, 1, 2);
      await future;
      controller.abort('late');
      assert.equal(future.state, 'fulfilled');
      assert.equal(await future, 3);
      assert.equal(await executor.submit(basics.add, 2, 2), 4);
    },
  },
  {
    id: 'C6-submit-in-an-abort-listener',
    rule: 'C6',
    title: 'what the caller does as a signal aborts, submitting included, works',
    async run({ create, capabilities, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 0 }) });
      const door = await gate();
      const controller = new AbortController();
      const view = executor.with({ signal: controller.signal });
      const running = view.submit(basics.waitAt, door.handle);
      await door.waiting(1);
      const submitted: Promise<unknown>[] = [];
      controller.signal.addEventListener('abort', () => {
        submitted.push(reasonOf(view.submit(basics.nothing)), executor.submit(basics.add, 1, 2));
      });
      controller.abort('enough');
      assert.equal(await reasonOf(running), 'enough');
      door.open();
      assert.deepEqual(await Promise.all(submitted), ['enough', 3]);
    },
  },
];
