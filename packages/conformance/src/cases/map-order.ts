import assert from 'node:assert/strict';
import { partial } from '@anypool/core';
import type { ConformanceCase } from '../case.js';

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const result of results) collected.push(result);
  return collected;
}

/** An input that counts what is read of it, and notes its end. */
function counted(length: number): { items: Iterable<number>; pulled: () => number; closed: () => number } {
  let [pulled, closed] = [0, 0];
  function* numbers() {
    try {
      while (pulled < length) {
        pulled += 1;
        yield pulled - 1;
      }
    } finally {
      closed += 1;
    }
  }
  return { items: numbers(), pulled: () => pulled, closed: () => closed };
}

async function* countedLater(length: number): AsyncGenerator<number> {
  for (let i = 0; i < length; i += 1) {
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield i;
  }
}

export const mapOrderCases: readonly ConformanceCase[] = [
  {
    id: 'M1-order-of-the-input',
    rule: 'M1',
    title: 'results come in the order of the input, whatever the order of completion',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const first = door.handle;
      const item = (i: number) => ({ gate: i === 0 ? first : undefined, value: i });
      const results = collect(executor.map(control.waitIfGated, [0, 1, 2, 3].map(item)));
      await door.waiting(1);
      await executor.submit(basics.nothing); // by now the others have run
      door.open();
      assert.deepEqual(await results, [0, 1, 2, 3]);
    },
  },
  {
    id: 'M1-order-of-completion',
    rule: 'M1',
    title: 'with ordered: false results come as they complete',
    async run({ create, tasks: { control }, gate }) {
      const executor = create({ maxWorkers: 2 });
      const door = await gate();
      const items = [0, 1, 2, 3].map((i) => ({ gate: i === 0 ? door.handle : undefined, value: i }));
      const results = executor.map(control.waitIfGated, items, { ordered: false });
      const order: unknown[] = [];
      for await (const result of results) {
        order.push(result);
        if (order.length === 3) door.open();
      }
      assert.equal(order.at(-1), 0);
      assert.deepEqual(order.toSorted(), [0, 1, 2, 3]);
    },
  },
  {
    id: 'M1-starts-with-the-first-next',
    rule: 'M1',
    title: 'map() by itself reads nothing of its input and starts nothing',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const input = counted(3);
      const results = executor.map(basics.echo, input.items);
      await executor.submit(basics.nothing);
      assert.equal(input.pulled(), 0);
      assert.deepEqual(await collect(results), [0, 1, 2]);
      assert.deepEqual([input.pulled(), input.closed()], [3, 1]);
    },
  },
  {
    id: 'M1-all-workers-are-used',
    rule: 'M1',
    title: 'a map keeps all workers busy',
    async run({ create, tasks: { control }, gate }) {
      const executor = create({ maxWorkers: 3 });
      const door = await gate();
      const results = collect(
        executor.map(
          control.waitIfGated,
          Array.from({ length: 6 }, (_, value) => ({ gate: door.handle, value })),
        ),
      );
      await door.waiting(3);
      door.open();
      assert.deepEqual(await results, [0, 1, 2, 3, 4, 5]);
    },
  },
  {
    id: 'M1-results-of-any-value',
    rule: 'M1',
    title: 'items and results of undefined, null, arrays and the like are values like any other',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const items: unknown[] = [undefined, null, 0, '', false, [1, 2], { done: true, value: 7 }, [], Number.NaN];
      assert.deepEqual(await collect(executor.map(basics.echo, items)), items);
      assert.deepEqual(await collect(executor.map(basics.all, [[1, 2]])), [[[1, 2]]]);
      assert.deepEqual(await collect(executor.map(basics.echo, [])), []);
    },
  },
  {
    id: 'M1-protocol-of-the-iterator',
    rule: 'M1',
    title: 'next() may be called ahead, and after the end says done every time',
    async run({ create, tasks: { basics } }) {
      const results = create({ maxWorkers: 2 }).map(partial(basics.add, 10), [1, 2, 3]);
      assert.equal(results[Symbol.asyncIterator](), results);
      const steps = await Promise.all(Array.from({ length: 5 }, () => results.next()));
      assert.deepEqual(
        steps.map(({ done, value }) => (done === true ? 'done' : value)),
        [11, 12, 13, 'done', 'done'],
      );
      assert.equal((await results.next()).done, true);
    },
  },
  {
    id: 'M2-any-iterable',
    rule: 'M2',
    title: 'the input may be any iterable, synchronous or not, as a loop would take it',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      async function* later() {
        yield 1;
        await new Promise((resolve) => setImmediate(resolve));
        yield 2;
      }
      const bare: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => {
          let n = 0;
          return { next: async () => (n < 2 ? { done: false, value: ++n } : { done: true, value: undefined }) };
        },
      };
      for (const input of [
        [1, 2],
        new Set([1, 2]),
        new Map([
          [1, 1],
          [2, 2],
        ]).keys(),
        counted(2).items,
        Object.assign(new Set([1, 2]), { [Symbol.asyncIterator]: undefined }),
        later(),
        bare,
      ]) {
        const results = await collect(executor.map(partial(basics.add, 1), input));
        assert.equal(results.length, 2);
        assert.ok(results.every((result) => [1, 2, 3].includes(result)));
      }
    },
  },
  {
    id: 'M2-reads-no-further-than-the-buffer',
    rule: 'M2',
    title: 'never more than buffer results are outstanding or unread; the default is twice maxWorkers',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      for (const [buffer, bound] of [
        [undefined, 4],
        [1, 1],
        [3, 3],
        [8, 8],
      ] as const) {
        const input = counted(Number.POSITIVE_INFINITY);
        let read = 0;
        for await (const result of executor.map(basics.echo, input.items, { buffer })) {
          assert.equal(result, read);
          read += 1;
          // Whatever was going to be read ahead has been by now.
          await executor.submit(basics.nothing);
          assert.ok(
            input.pulled() <= read + bound,
            `${input.pulled()} items pulled with ${read} results read and a buffer of ${bound}`,
          );
          if (read === 12) break;
        }
        assert.equal(input.closed(), 1);
      }
    },
  },
  {
    id: 'M2-reads-no-further-before-the-first-result',
    rule: 'M2',
    title: 'while no result is there, no more items than the buffer holds are read',
    async run({ create, tasks: { basics, control }, gate }) {
      for (const ordered of [true, false]) {
        const executor = create({ maxWorkers: 2 });
        const door = await gate();
        const input = counted(Number.POSITIVE_INFINITY);
        function* gated() {
          for (const value of input.items) yield { gate: door.handle, value };
        }
        const results = executor.map(control.waitIfGated, gated(), { buffer: 3, ordered });
        const first = results.next();
        await door.waiting(2);
        const behind = executor.submit(basics.nothing);
        assert.equal(input.pulled(), 3);
        door.open();
        await Promise.all([first, behind]);
        await results.return?.();
      }
    },
  },
  {
    id: 'M2-unordered-reads-no-further-either',
    rule: 'M2',
    title: 'with ordered: false the bound is the same',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const input = counted(Number.POSITIVE_INFINITY);
      let read = 0;
      for await (const _ of executor.map(basics.echo, input.items, { ordered: false, buffer: 3 })) {
        read += 1;
        await executor.submit(basics.nothing);
        assert.ok(input.pulled() <= read + 3);
        if (read === 20) break;
      }
    },
  },
  {
    id: 'M2-input-that-is-slow',
    rule: 'M2',
    title: 'a result is given as soon as it is there, also while the input keeps the next item waiting',
    async run({ create, tasks: { basics } }) {
      for (const ordered of [true, false]) {
        let proceed: () => void = () => {};
        const paused = new Promise<void>((resolve) => {
          proceed = resolve;
        });
        async function* slow() {
          yield 'first';
          await paused;
          yield 'second';
        }
        const results = create({ maxWorkers: 2 }).map(basics.echo, slow(), { ordered });
        assert.deepEqual(await results.next(), { done: false, value: 'first' });
        proceed();
        assert.deepEqual(await results.next(), { done: false, value: 'second' });
        assert.equal((await results.next()).done, true);
      }
    },
  },
  {
    id: 'M2-no-more-than-the-queue-takes',
    rule: 'M2',
    title:
      'however large its buffer, a map has no more tasks outstanding than the queue and the workers take, under a limit too',
    async run({ create, tasks: { basics } }) {
      for (const [maxQueue, limit] of [
        [0, 4],
        [1, 1],
      ] as const) {
        const executor = create({ maxWorkers: 2, maxQueue });
        const limited = executor.limit(limit);
        for (const chunkSize of [1, 3, 'auto'] as const) {
          for (const buffer of [undefined, 1000]) {
            for (const input of [counted(20).items, countedLater(20)]) {
              const results = await collect(limited.map(partial(basics.add, 1), input, { chunkSize, buffer }));
              assert.deepEqual(
                results,
                Array.from({ length: 20 }, (_, i) => i + 1),
              );
            }
          }
        }
      }
    },
  },
  {
    id: 'M2-input-that-uses-the-results',
    rule: 'M2',
    title: 'an input that makes its items of the results so far works',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2 });
      const seen: number[] = [];
      let wake: () => void = () => {};
      async function* chain() {
        let last = 1;
        for (let i = 0; i < 5; i += 1) {
          yield last;
          while (seen.length <= i) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          last = seen[i] ?? 0;
        }
      }
      for await (const result of executor.map(partial(basics.add, 1), chain())) {
        seen.push(result);
        wake();
      }
      assert.deepEqual(seen, [2, 3, 4, 5, 6]);
    },
  },
  {
    id: 'M2-tasks-between',
    rule: 'M2',
    title: 'a map that nobody reads on holds no worker: other tasks run',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const results = executor.map(basics.echo, counted(Number.POSITIVE_INFINITY).items, { buffer: 4 });
      assert.deepEqual(await results.next(), { done: false, value: 0 });
      for (let i = 0; i < 10; i += 1) assert.equal(await executor.submit(basics.add, i, 1), i + 1);
      assert.deepEqual(await results.next(), { done: false, value: 1 });
      await results.return?.();
    },
  },
];
