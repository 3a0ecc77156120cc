import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import type { RiskyItem } from '../fixtures/control.js';
import { badStep, badStepLater } from '../fixtures/streams.js';
import { endless, outcome } from './map-outcome.js';

export const mapFailureCases: readonly ConformanceCase[] = [
  {
    id: 'M3-failure-at-its-place',
    rule: 'M3',
    title: 'a failing item is thrown at its place, ends the iteration and closes the input',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 2 });
      const log = trace();
      const input = endless((i): RiskyItem => ({ trace: log.handle, value: i, fails: i === 3 }));
      const results = executor.map(control.risky, input.items, { buffer: 2 });
      const { values, error } = await outcome(results);
      assert.deepEqual(values, [0, 1, 2]);
      assert.ok(error instanceof RangeError);
      assert.equal(error.message, 'item 3');
      assert.equal((await results.next()).done, true);
      assert.equal(input.closed(), 1);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.ok(log.lines().length <= 5, `items ${log.lines().join(' ')} were started`);
    },
  },
  {
    id: 'M3-failure-before-earlier-results',
    rule: 'M3',
    title: 'a failure that happens before an earlier item is done waits for its turn',
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 2 });
      const [door, log] = [await gate(), trace()];
      const items: RiskyItem[] = [
        { trace: log.handle, value: 0, gate: door.handle },
        { trace: log.handle, value: 1, fails: true },
      ];
      const end = outcome(executor.map(control.risky, items));
      await door.waiting(1);
      await executor.submit(basics.nothing);
      door.open();
      const { values, error } = await end;
      assert.deepEqual([values, Object(error).message], [[0], 'item 1']);
    },
  },
  {
    id: 'M3-rest-is-cancelled',
    rule: 'M3',
    title: 'after a failure the items that have not started never do',
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const items = Array.from(
        { length: 20 },
        (_, value): RiskyItem => ({ trace: log.handle, value, fails: value === 0 }),
      );
      const { values, error } = await outcome(executor.map(control.risky, items, { buffer: 20 }));
      assert.deepEqual([values, Object(error).message], [[], 'item 0']);
      await executor.submit(basics.nothing);
      // The one that may have been handed over before the failure was known.
      assert.ok(log.lines().length <= 2, `items ${log.lines().join(' ')} were started`);
    },
  },
  {
    id: 'M3-unordered-failure',
    rule: 'M3',
    title: 'with ordered: false a failure ends the iteration when it happens',
    async run({ create, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 2 });
      const [door, log] = [await gate(), trace()];
      const items: RiskyItem[] = [
        { trace: log.handle, value: 0, gate: door.handle },
        { trace: log.handle, value: 1, fails: true },
      ];
      const { values, error } = await outcome(executor.map(control.risky, items, { ordered: false }));
      assert.deepEqual([values, Object(error).message], [[], 'item 1']);
      door.open();
    },
  },
  {
    id: 'M3-several-failures',
    rule: 'M3',
    title: 'of several failing items the first is thrown, and the others are no unhandled rejections',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 2 });
        const items = [0, 1, 2, 3].map((value) => ({ trace: { file: 'trace' }, value, fails: value > 0 }));
        for (const ordered of [true, false]) {
          try {
            for await (const value of executor.map(tasks.control.risky, items, { ordered })) if (ordered) console.log(value);
          } catch (error) {
            console.log(ordered ? error.message : error.name);
          }
        }
        // Failures that nobody has read, in an iteration that is given up.
        const unread = executor.map(tasks.control.risky, items);
        await unread.next();
        await executor.submit(tasks.basics.nothing);
        await unread.return();
        await executor.shutdown();
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '0\nitem 1\nRangeError\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'M3-input-that-throws',
    rule: 'M3',
    title: 'what the input throws is thrown after the results of the items before it',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const mistake = new RangeError('no more items');
      function* broken() {
        yield 1;
        yield 2;
        throw mistake;
      }
      async function* brokenLater() {
        yield* broken();
      }
      for (const input of [broken(), brokenLater()]) {
        const { values, error } = await outcome(executor.map(basics.echo, input));
        assert.deepEqual(values, [1, 2]);
        assert.equal(error, mistake);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M3-step-that-throws',
    rule: 'M3',
    title: 'an input whose step throws as its value is read fails at that place',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const mistake = new RangeError('no value');
      const steps = (): Iterator<number> => {
        let given = 0;
        return {
          next() {
            given += 1;
            if (given < 3) return { done: false, value: given };
            return {
              done: false,
              get value(): number {
                throw mistake;
              },
            };
          },
        };
      };
      const inputs: (Iterable<number> | AsyncIterable<number>)[] = [
        { [Symbol.iterator]: steps },
        {
          [Symbol.asyncIterator]() {
            const iterator = steps();
            return { next: async () => iterator.next() };
          },
        },
      ];
      for (const input of inputs) {
        for (const chunkSize of [1, 3, 'auto'] as const) {
          const { values, error } = await outcome(executor.map(basics.echo, input, { chunkSize }));
          assert.deepEqual([values, error], [[1, 2], mistake]);
        }
      }
    },
  },
  {
    id: 'M3-step-that-is-no-object',
    rule: 'M3',
    title: 'an input whose step is no object fails with a TypeError at that place, and is not read any further',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      for (const chunkSize of [1, 3, 'auto'] as const) {
        for (const input of [badStep(), badStepLater()]) {
          const { values, error } = await outcome(executor.map(basics.echo, input, { chunkSize }));
          assert.deepEqual([values, error instanceof TypeError], [[0, 1], true]);
        }
      }
    },
  },
  {
    id: 'M3-input-that-cannot-be-opened',
    rule: 'M3',
    title: 'an input that cannot even be opened rejects the first next()',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const mistake = new RangeError('locked');
      const input: Iterable<unknown> = {
        [Symbol.iterator]() {
          throw mistake;
        },
      };
      assert.equal((await outcome(executor.map(basics.echo, input))).error, mistake);
    },
  },
  {
    id: 'M3-item-that-cannot-travel',
    rule: 'M3',
    title: 'an item that cannot be cloned is a failure at its place',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const { values, error } = await outcome(executor.map(basics.echo, [1, () => {}, 3]));
      assert.deepEqual([values, Object(error).code], [[1], 'ERR_NOT_CLONEABLE']);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M3-item-that-crashes-its-worker',
    rule: 'M3',
    title: 'an item that takes its worker down is a failure at its place',
    requires: ['isolation'],
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      const { values, error } = await outcome(executor.map(lifecycle.exitWith, [3, 4]));
      assert.deepEqual([values, Object(error).code, Object(error).exitCode], [[], 'ERR_WORKER_CRASHED', 3]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'M3-time-limits-of-a-view',
    rule: 'M3',
    title: 'the options of a view hold for each item of its map',
    async run({ create, capabilities, tasks: { control }, gate }) {
      const executor = create({ maxWorkers: 1, ...(capabilities.terminate && { cancelGrace: 0 }) });
      const door = await gate();
      const items = [undefined, door.handle].map((handle, value) => ({ gate: handle, value }));
      const { values, error } = await outcome(executor.with({ runTimeout: 400 }).map(control.waitIfGated, items));
      assert.deepEqual([values, Object(error).code], [[0], 'ERR_TASK_TIMEOUT']);
      door.open();
    },
  },
  {
    id: 'M3-shutdown-under-a-map',
    rule: 'M3',
    title: 'a shutdown, clean or not, ends a map that is under way or has not begun',
    async run({ create, tasks: { basics, control }, gate }) {
      for (const stop of ['shutdown', 'terminate'] as const) {
        const executor = create({ maxWorkers: 1 });
        const door = await gate();
        const begun = executor.map(control.waitIfGated, endless((value) => ({ gate: door.handle, value })).items);
        const late = executor.map(basics.echo, [1]);
        const end = outcome(begun);
        await door.waiting(1);
        const stopped = executor[stop]();
        door.open();
        assert.equal(Object((await end).error).code, 'ERR_EXECUTOR_SHUTDOWN');
        assert.equal(Object((await outcome(late)).error).code, 'ERR_EXECUTOR_SHUTDOWN');
        await stopped;
      }
    },
  },
];
