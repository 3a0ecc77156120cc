import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../case.js';
import type { RiskyItem } from '../fixtures/control.js';
import { endless, outcome } from './map-outcome.js';
import { reasonOf } from './rejection.js';

export const mapLeavingCases: readonly ConformanceCase[] = [
  ...(['break', 'throw', 'return'] as const).map(
    (way): ConformanceCase => ({
      id: `M4-leaving-by-${way}`,
      rule: 'M4',
      title: `leaving the loop by ${way} cancels what has not started and closes the input, once`,
      async run({ create, tasks: { basics, control }, trace }) {
        const executor = create({ maxWorkers: 1 });
        const log = trace();
        const input = endless((i): RiskyItem => ({ trace: log.handle, value: i }));
        const mistake = new Error('out of here');
        async function leave(): Promise<string> {
          for await (const value of executor.map(control.risky, input.items, { buffer: 20 })) {
            assert.equal(value, 0);
            if (way === 'throw') throw mistake;
            if (way === 'return') return 'returned';
            break;
          }
          return 'left';
        }
        if (way === 'throw') assert.equal(await reasonOf(leave()), mistake);
        else assert.equal(await leave(), way === 'return' ? 'returned' : 'left');
        assert.equal(input.closed(), 1);
        const started = log.lines().length;
        assert.ok(started <= 3, `${started} items were started`);
        await executor.submit(basics.nothing);
        assert.ok(log.lines().length <= started + 1);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      },
    }),
  ),
  {
    id: 'M4-asynchronous-input-is-closed',
    rule: 'M4',
    title: 'an asynchronous input is closed too, and its finally has run when the loop is left',
    async run({ create, tasks: { basics } }) {
      const log: string[] = [];
      async function* input() {
        try {
          for (let i = 0; ; i += 1) yield i;
        } finally {
          await new Promise((resolve) => setImmediate(resolve));
          log.push('closed');
        }
      }
      for await (const value of create({ maxWorkers: 1 }).map(basics.echo, input())) {
        if (value === 2) break;
      }
      assert.deepEqual(log, ['closed']);
    },
  },
  {
    id: 'M4-leaving-while-the-input-waits',
    rule: 'M4',
    title:
      'an iteration can be left while its input or its tasks keep it waiting: return() and the pending next() settle',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const silent: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
      const waiting = executor.map(basics.echo, silent);
      const next = waiting.next();
      await waiting.return?.();
      assert.equal((await next).done, true);

      const door = await gate();
      const running = executor.map(control.waitIfGated, [{ gate: door.handle, value: 1 }]);
      const first = running.next();
      await door.waiting(1);
      const left = running.return?.();
      door.open();
      await left;
      await first;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M4-never-begun',
    rule: 'M4',
    title: 'an iteration that is left before its first next() reads nothing',
    async run({ create, tasks: { basics } }) {
      let pulled = 0;
      const input = {
        [Symbol.iterator]: () => ({
          next() {
            pulled += 1;
            return { done: false, value: 1 };
          },
        }),
      };
      const results = create({ maxWorkers: 1 }).map(basics.echo, input);
      await results.return?.();
      assert.equal((await results.next()).done, true);
      assert.equal(pulled, 0);
    },
  },
  {
    id: 'M4-signal',
    rule: 'M4',
    title: "aborting the map's signal throws its reason, closes the input and leaves no listener",
    async run({ create, capabilities, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 0 }) });
      const door = await gate();
      const controller = new AbortController();
      const { signal } = controller;
      const input = endless((i) => ({ gate: i === 2 ? door.handle : undefined, value: i }));
      const end = outcome(executor.map(control.waitIfGated, input.items, { signal, buffer: 10 }));
      await door.waiting(1);
      const reason = new RangeError('enough');
      controller.abort(reason);
      const { values, error } = await end;
      door.open();
      assert.equal(error, reason);
      assert.deepEqual(values, [0, 1].slice(0, values.length));
      assert.deepEqual([input.closed(), getEventListeners(signal, 'abort').length], [1, 0]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M4-input-that-ends-its-own-map',
    rule: 'M4',
    title:
      "an input that in the middle of its step aborts the map's signal, or leaves the iteration, is closed after that step",
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const [way, chunkSize] of [
        ['abort', 1],
        ['abort', 2],
        ['leave', 1],
        ['leave', 'auto'],
      ] as const) {
        for (const before of [0, 2]) {
          const controller = new AbortController();
          const reason = new RangeError('enough');
          const input = endless((i) => {
            if (i === before && way === 'abort') controller.abort(reason);
            if (i === before && way === 'leave') void results.return?.();
            return i;
          });
          const options = { chunkSize, buffer: 1, signal: controller.signal };
          const results: AsyncIterableIterator<unknown> = executor.map(basics.echo, input.items, options);
          const { values, error } = await outcome(results);
          await results.return?.();
          assert.deepEqual([values, error], [[0, 1].slice(0, before), way === 'abort' ? reason : undefined]);
          assert.equal(input.closed(), 1);
        }
      }
    },
  },
  {
    id: 'M4-signal-before-and-after',
    rule: 'M4',
    title: 'a signal that is aborted already lets nothing start; one that aborts after the end changes nothing',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const reason = { why: 'not today' };
      const early = await outcome(
        executor.map(control.risky, [{ trace: log.handle, value: 1 }], { signal: AbortSignal.abort(reason) }),
      );
      assert.deepEqual(early.values, []);
      assert.equal(early.error, reason);
      const controller = new AbortController();
      const { values, error } = await outcome(executor.map(basics.echo, [1, 2], { signal: controller.signal }));
      assert.deepEqual([values, error, getEventListeners(controller.signal, 'abort').length], [[1, 2], undefined, 0]);
      controller.abort();
      assert.deepEqual(log.lines(), []);
    },
  },
];
