import assert from 'node:assert/strict';
import { NotCloneableError } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { make } from '../fixtures/values.js';
import { localOnly } from '../local-only.js';
import { errorOf } from './outcomes.js';

/** Asserts that the Future was refused for what is at that place. */
async function assertRefusedAt(future: Promise<unknown>, path: string): Promise<NotCloneableError> {
  const error = await errorOf(future);
  assert.ok(error instanceof NotCloneableError, error.stack);
  assert.deepEqual([error.side, error.path], ['argument', path], error.message);
  return error;
}

/** Arguments that cannot travel, and where the trouble is. */
const rows: readonly { readonly path: string; readonly args: () => readonly unknown[] }[] = [
  { path: 'args[0]', args: () => [() => {}] },
  { path: 'args[0]', args: () => [Symbol('s')] },
  { path: 'args[0]', args: () => [Promise.resolve()] },
  { path: 'args[0]', args: () => [new WeakMap()] },
  { path: 'args[0]', args: () => [new WeakSet()] },
  { path: 'args[0]', args: () => [new WeakRef({})] },
  { path: 'args[0]', args: () => [new Proxy({ a: 1 }, {})] },
  { path: 'args[0]', args: () => [(function* () {})()] },
  { path: 'args[0]', args: () => [structuredCloneDetached()] },
  { path: 'args[1].onDone', args: () => [{ fine: 1 }, { fine: [2], onDone() {} }] },
  { path: 'args[0].list[3]', args: () => [{ list: [1, 2, 3, () => {}] }] },
  { path: 'args[0]["odd-key"]', args: () => [{ 'odd-key': Symbol('s') }] },
  {
    path: 'args[0].get("key")',
    args: () => [
      new Map<string, unknown>([
        ['other', 1],
        ['key', () => {}],
      ]),
    ],
  },
  { path: 'args[2].a.b[0].get("k").c', args: () => [0, 1, { a: { b: [new Map([['k', { c: () => {} }]])] } }] },
  { path: 'args[0].list[1][1]', args: () => [make('throwingItem')] },
  { path: 'args[1].list[0]', args: () => [1, make('serializer')] },
  { path: 'args[0].deep.format', args: () => [make('formatter')] },
  { path: 'args[0].get("key")', args: () => [make('segments')] },
  // biome-ignore lint/suspicious/noThenProperty: a key like any other
  { path: 'args[0].then', args: () => [{ then() {} }] },
];

function structuredCloneDetached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

// A view whose buffer has become shorter than its place in it.
function outOfItsBuffer(): Uint8Array {
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
  const view = new Uint8Array(buffer, 4, 4);
  buffer.resize(4);
  return view;
}

/** V2: arguments that cannot travel. */
export const refusedCases: readonly ConformanceCase[] = [
  {
    id: 'V2-names-the-place',
    rule: 'V2',
    title: 'what cannot be cloned rejects its Future with NotCloneableError and the path to it',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const { args, path } of rows) {
        const error = await assertRefusedAt(executor.submit(basics.all, ...args()), path);
        assert.ok(error.message.includes(path), error.message);
      }
    },
  },
  {
    id: 'V2-somewhere-without-a-name',
    rule: 'V2',
    title: 'a culprit in a Set, as a key of a Map or inside a cycle is found as well',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const cycle: Record<string, unknown> = { a: {} };
      cycle['b'] = [cycle, { culprit: () => {} }];
      await assertRefusedAt(executor.submit(basics.echo, cycle), 'args[0].b[1].culprit');
      for (const value of [new Set([1, () => {}]), new Map([[() => {}, 1]])]) {
        const error = await errorOf(executor.submit(basics.echo, value));
        assert.ok(error instanceof NotCloneableError && error.path.startsWith('args[0]'), error.stack);
      }
    },
  },
  {
    id: 'V2-the-task-never-starts',
    rule: 'V2',
    title: 'the task never starts, whether its worker is new, idle or busy when it is submitted',
    async run({ create, gate, tasks: { basics }, trace }) {
      const [latch, started] = [await gate(), trace()];
      const executor = create({ maxWorkers: 1 });
      const refuse = () =>
        executor.submit(basics.traceAndWait, latch.handle, started.handle, (() => {}) as unknown as string);
      await assertRefusedAt(refuse(), 'args[2]');
      await executor.submit(basics.nothing);
      await assertRefusedAt(refuse(), 'args[2]');
      const blocker = executor.submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const behind = [
        refuse(),
        executor.submit(basics.add, 1, 2),
        refuse(),
        executor.submit(basics.add, 3, 4),
      ] as const;
      latch.open();
      await Promise.all([assertRefusedAt(behind[0], 'args[2]'), assertRefusedAt(behind[2], 'args[2]')]);
      assert.deepEqual([await blocker, await behind[1], await behind[3]], [undefined, 3, 7]);
      assert.deepEqual(started.lines(), []);
      assert.equal(behind[0].state, 'rejected');
    },
  },
  {
    id: 'V2-no-slot-and-no-worker-is-lost',
    rule: 'V2',
    title: 'however many arguments are refused, every slot and the very same workers go on',
    local: localOnly.place,
    async run({ create, gate, tasks: { basics } }) {
      const single = create({ maxWorkers: 1 });
      const before = await single.submit(basics.place);
      for (let round = 0; round < 5; round += 1)
        await assertRefusedAt(single.submit(basics.echo, Symbol('s')), 'args[0]');
      assert.deepEqual(await single.submit(basics.place), before);

      const latch = await gate();
      const executor = create({ maxWorkers: 3 });
      await Promise.all(
        Array.from({ length: 10 }, () => assertRefusedAt(executor.submit(basics.echo, { f() {} }), 'args[0].f')),
      );
      const futures = Array.from({ length: 3 }, () => executor.submit(basics.waitAt, latch.handle));
      await latch.waiting(3);
      latch.open();
      await Promise.all(futures);
    },
  },
  {
    id: 'V2-memory-that-has-shrunk',
    rule: 'V2',
    title: 'a view whose memory has shrunk is refused as well, and the worker takes the next call',
    local: localOnly.place,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      for (let round = 0; round < 3; round += 1) {
        await assertRefusedAt(executor.submit(basics.echo, outOfItsBuffer()), 'args[0]');
        assert.deepEqual(await executor.submit(basics.place), before);
      }
    },
  },
  {
    id: 'V2-too-deep',
    rule: 'V2',
    title: 'a value nested too deep is refused with the cause; one of a few hundred levels arrives',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      assert.deepEqual(await executor.submit(basics.echo, make('deepEnough')), make('deepEnough'));
      for (const value of [make('tooDeep'), make('fathomless')]) {
        const error = await errorOf(executor.submit(basics.all, 1, value));
        assert.ok(error instanceof NotCloneableError, error.stack);
        assert.ok(
          error.path.startsWith('args[1]') && error.path.length < 10_000,
          `${error.path.slice(0, 100)} is a path of ${error.path.length} characters`,
        );
        assert.notEqual(error.cause, undefined);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'V2-throwing-getter',
    rule: 'V2',
    title: 'a getter that throws refuses the argument, with what it threw as the cause',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const thrown = new RangeError('from the getter');
      const value = {
        list: [
          {
            get bad(): never {
              throw thrown;
            },
          },
        ],
      };
      const error = await assertRefusedAt(executor.submit(basics.all, 1, value), 'args[1].list[0].bad');
      assert.equal(error.cause, thrown);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'V2-read-once',
    rule: 'V2',
    title: 'an argument that is fine is read once, and not beforehand to see whether it is',
    async run({ create, tasks: { basics } }) {
      let reads = 0;
      const value = {
        get n(): number {
          reads += 1;
          return reads;
        },
      };
      assert.deepEqual(await create().submit(basics.echo, value), { n: 1 });
      assert.equal(reads, 1);
    },
  },
];
