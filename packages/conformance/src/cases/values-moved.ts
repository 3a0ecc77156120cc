import assert from 'node:assert/strict';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { move, partial } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { deep } from '../fixtures/corners.js';
import type { Pair } from '../fixtures/moving.js';
import { localOnly } from '../local-only.js';
import { outcome } from './map-outcome.js';
import { assertCode } from './outcomes.js';

function someBytes(length = 8): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i);
}

function detached(...values: readonly (ArrayBuffer | Uint8Array)[]): boolean[] {
  return values.map((value) => value.byteLength === 0);
}

/** V5, V8: what `move()` does, with the capability and without it. */
export const movedCases: readonly ConformanceCase[] = [
  {
    id: 'V5-list-that-throws',
    rule: 'V5',
    title: 'a transfer list that throws when it is read rejects its own task, and costs no worker',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(basics.nothing);
      const revoked = Proxy.revocable<ArrayBuffer[]>([], {});
      const throwing: ArrayBuffer[] = Object.defineProperty([], 0, {
        get() {
          throw new Error('not this one');
        },
      });
      const moved = [move(new Uint8Array(8), revoked.proxy), move(new Uint8Array(8), throwing)];
      revoked.revoke();
      for (const value of moved) {
        const behind = executor.submit(basics.add, 1, 2);
        const future = executor.submit(basics.echo, value);
        await assert.rejects(future, { code: 'ERR_NOT_CLONEABLE', path: 'args[0]', side: 'argument' });
        assert.equal(await behind, 3);
        await assert.rejects(executor.submit(basics.echo, value), { code: 'ERR_NOT_CLONEABLE' });
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      await executor.shutdown();
    },
  },
  {
    id: 'V5-argument-moves',
    rule: 'V5',
    title: 'memory in a moved argument arrives whole and is the sender’s no longer',
    requires: ['transfer'],
    async run({ create, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      const [buffer, view] = [new ArrayBuffer(16), someBytes()];
      assert.equal(await executor.submit(moving.byteLength, move(buffer)), 16);
      assert.deepEqual(await executor.submit(basics.echo, move(view)), someBytes());
      assert.deepEqual(detached(buffer, view), [true, true]);
      const whole = someBytes();
      const pair: Pair = { whole, tail: new DataView(whole.buffer, 4) };
      assert.deepEqual(await executor.submit(moving.readPair, move(pair)), [[...someBytes()], true]);
      const [inMap, inSet, inList] = [someBytes(1), someBytes(2), someBytes(3)];
      const nested = { map: new Map([['key', inMap]]), set: new Set([inSet]), list: [null, [inList]] };
      const same = {
        map: new Map([['key', someBytes(1)]]),
        set: new Set([someBytes(2)]),
        list: [null, [someBytes(3)]],
      };
      assert.deepEqual(await executor.submit(basics.echo, move(nested)), same);
      assert.deepEqual(detached(whole, inMap, inSet, inList), [true, true, true, true]);
    },
  },
  {
    id: 'V5-argument-copies',
    rule: 'V5',
    title: 'without the capability a moved argument is copied, and stays the sender’s',
    unless: ['transfer'],
    async run({ create, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      const [buffer, view, whole] = [new ArrayBuffer(16), someBytes(), someBytes()];
      assert.equal(await executor.submit(moving.byteLength, move(buffer)), 16);
      assert.deepEqual(await executor.submit(basics.echo, move(view, [view.buffer as ArrayBuffer])), someBytes());
      const pair: Pair = { whole, tail: new DataView(whole.buffer, 4) };
      assert.deepEqual(await executor.submit(moving.readPair, move(pair)), [[...someBytes()], true]);
      assert.deepEqual(detached(buffer, view, whole), [false, false, false]);
      assert.deepEqual(view, someBytes());
    },
  },
  {
    id: 'V5-only-the-moved-argument',
    rule: 'V5',
    title: 'beside a moved argument the others are copied; memory that is in both is moved and arrives in both',
    requires: ['transfer'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const [moved, copied, both] = [someBytes(), someBytes(), someBytes()];
      const result = await executor.submit(basics.all, copied, { both }, move({ moved, both }), move('text'), null);
      assert.deepEqual(result, [
        someBytes(),
        { both: someBytes() },
        { moved: someBytes(), both: someBytes() },
        'text',
        null,
      ]);
      assert.deepEqual(detached(moved, copied, both), [true, false, true]);
    },
  },
  {
    id: 'V5-result-moves',
    rule: 'V5',
    title: 'a moved result, sync or async, is the worker’s no longer; one that is not moved still is',
    requires: ['transfer'],
    async run({ create, tasks: { moving } }) {
      const executor = create({ maxWorkers: 1 });
      for (const [task, left] of [
        [moving.movedBytes, 0],
        [moving.movedBytesLater, 0],
        [moving.copiedBytes, 1000],
      ] as const) {
        assert.deepEqual(await executor.submit(task, 1000), new Uint8Array(1000).fill(7));
        assert.equal(await executor.submit(moving.keptBytes), left);
      }
    },
  },
  {
    id: 'V5-result-copies',
    rule: 'V5',
    title: 'without the capability a moved result is copied, and the worker keeps its own',
    unless: ['transfer'],
    local: localOnly.place,
    async run({ create, tasks: { moving } }) {
      const executor = create({ maxWorkers: 1 });
      for (const task of [moving.movedBytes, moving.movedBytesLater]) {
        assert.deepEqual(await executor.submit(task, 1000), new Uint8Array(1000).fill(7));
        assert.equal(await executor.submit(moving.keptBytes), 1000);
      }
    },
  },
  {
    id: 'V5-ports-move',
    rule: 'V5',
    title: 'a MessagePort in a moved argument goes along, and both ends talk',
    requires: ['transfer'],
    async run({ create, tasks: { moving } }) {
      const executor = create({ maxWorkers: 1 });
      for (const wrap of [(port: MessagePort) => move({ port }), (port: MessagePort) => move({ port }, [port])]) {
        const { port1, port2 } = new MessageChannel();
        const future = executor.submit(moving.answerOnce, wrap(port2));
        const answer = new Promise((resolve) => port1.once('message', resolve));
        port1.postMessage(1);
        assert.equal(await future, 'answered');
        assert.equal(await answer, 2);
        port1.close();
      }
    },
  },
  {
    id: 'V5-ports-do-not-travel',
    rule: 'V5',
    title: 'without the capability, and without move(), a MessagePort is refused with its path',
    async run({ create, capabilities, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const { port1, port2 } = new MessageChannel();
      const refused = { code: 'ERR_NOT_CLONEABLE', path: 'args[0].port', side: 'argument' };
      await assert.rejects(executor.submit(basics.echo, { port: port2 }), refused);
      if (!capabilities.transfer) await assert.rejects(executor.submit(basics.echo, move({ port: port2 })), refused);
      port1.close();
      await new Promise((resolve) => port2.once('close', resolve));
      await assert.rejects(executor.submit(basics.echo, move({ port: port2 })), refused);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'V5-a-list-says-what',
    rule: 'V5',
    title: 'with a list, what is in it moves and all the rest is copied',
    requires: ['transfer'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const [listed, other] = [someBytes(), someBytes()];
      const result = await executor.submit(basics.echo, move({ listed, other }, [listed.buffer as ArrayBuffer]));
      assert.deepEqual(result, { listed: someBytes(), other: someBytes() });
      assert.deepEqual(detached(listed, other), [true, false]);
      assert.deepEqual(await executor.submit(basics.echo, move(other, [])), someBytes());
      assert.deepEqual(detached(other), [false]);
    },
  },
  {
    id: 'V5-a-wrong-list',
    rule: 'V5',
    title: 'a list with something in it that cannot be transferred is refused, and nothing is taken from the sender',
    local: localOnly.place,
    async run({ create, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      const wrong: unknown[] = ['text', 5, null, {}, someBytes(), new SharedArrayBuffer(8), () => {}];
      for (const entry of wrong) {
        const bytes = someBytes();
        const list = [bytes.buffer as ArrayBuffer, entry as ArrayBuffer];
        await assert.rejects(executor.submit(basics.all, 1, move(bytes, list)), {
          code: 'ERR_NOT_CLONEABLE',
          path: 'args[1]',
          side: 'argument',
        });
        assert.deepEqual(detached(bytes), [false]);
      }
      await assert.rejects(executor.submit(moving.movedWithWrongList, 10), {
        code: 'ERR_NOT_CLONEABLE',
        path: 'result',
        side: 'result',
      });
      assert.equal(await executor.submit(moving.keptBytes), 10);
      assert.throws(() => move(someBytes(), 'list' as unknown as []), TypeError);
    },
  },
  {
    id: 'V5-only-whole-values',
    rule: 'V5',
    title:
      'a moved value that is only a part of an argument or a result is refused with its path, and never sent as an object',
    async run({ create, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      const bytes = someBytes();
      for (const [value, path] of [
        [{ inner: move(bytes) }, 'args[0].inner'],
        [[1, move(bytes)], 'args[0][1]'],
        [new Map([['key', move(bytes)]]), 'args[0].get("key")'],
        [new Set([move(bytes)]), 'args[0].values()[0]'],
        [move({ inner: move(bytes) }), 'args[0].inner'],
      ] as const) {
        await assert.rejects(executor.submit(basics.echo, value), {
          code: 'ERR_NOT_CLONEABLE',
          path,
          side: 'argument',
        });
      }
      assert.deepEqual(bytes, someBytes());
      const refused = { code: 'ERR_NOT_CLONEABLE', path: 'result.list[1]', side: 'result' };
      await assert.rejects(executor.submit(moving.movedInside, 10), refused);
      // One around the other is one.
      assert.deepEqual(await executor.submit(basics.echo, move(move(bytes))), someBytes());
    },
  },
  {
    id: 'V5-what-is-refused-stays',
    rule: 'V5',
    title: 'where one argument, or a part of the result, cannot travel, what was to be moved with it stays',
    local: localOnly.place,
    async run({ create, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      const bytes = someBytes();
      for (const args of [
        [move(bytes), () => {}],
        [move({ bytes, onDone: () => {} })],
        [
          move({
            bytes,
            get bad() {
              throw new RangeError('from the getter');
            },
          }),
        ],
      ]) {
        await assertCode(executor.submit(basics.all, ...args), 'ERR_NOT_CLONEABLE');
        assert.deepEqual(bytes, someBytes());
      }
      await assert.rejects(executor.submit(moving.movedUncloneable, 10), { path: 'result.onDone', side: 'result' });
      assert.equal(await executor.submit(moving.keptBytes), 10);
      // Once it is gone, it is gone.
      structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });
      await assertCode(executor.submit(basics.echo, move(bytes)), 'ERR_NOT_CLONEABLE');
    },
  },
  {
    id: 'V5-what-cannot-move-is-copied',
    rule: 'V5',
    title: 'memory that others have a part in, or that Node does not let go of, is copied when it is moved',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const [pooled, neighbour] = [Buffer.from('moved'), Buffer.from('neighbour')];
      assert.deepEqual(await executor.submit(basics.echo, move(pooled)), Uint8Array.from(Buffer.from('moved')));
      assert.deepEqual([pooled.toString(), neighbour.toString()], ['moved', 'neighbour']);
      const whole = Buffer.from(new ArrayBuffer(8));
      assert.deepEqual(await executor.submit(basics.echo, move(whole.subarray(0, 2))), new Uint8Array(2));
      assert.equal(whole.byteLength, 8);
      const fromWasm = new Uint8Array(webAssemblyMemory(), 0, 2);
      fromWasm.set([1, 2]);
      const arrived = await executor.submit(basics.echo, move(fromWasm));
      assert.deepEqual(arrived, Uint8Array.of(1, 2));
      assert.deepEqual([...fromWasm], [1, 2]);
    },
  },
  {
    id: 'V5-shared-memory-stays-shared',
    rule: 'V5',
    title: 'a SharedArrayBuffer in a moved value is shared as ever',
    requires: ['transfer', 'sharedMemory'],
    async run({ create, tasks: { values } }) {
      const counter = new Int32Array(new SharedArrayBuffer(4));
      assert.equal(await create().submit(values.increment, move(counter)), 1);
      assert.equal(counter[0], 1);
    },
  },
  {
    id: 'V5-getters-and-moved-memory',
    rule: 'V5',
    title: 'in a moved value with getters, these are read once and the memory arrives',
    async run({ create, capabilities, tasks: { basics } }) {
      const bytes = someBytes();
      let reads = 0;
      const value = {
        bytes,
        get n() {
          reads += 1;
          return reads;
        },
      };
      assert.deepEqual(await create().submit(basics.echo, move(value)), { bytes: someBytes(), n: 1 });
      assert.deepEqual(detached(bytes), [capabilities.transfer]);
    },
  },
  {
    id: 'V5-refused-for-what-a-getter-gives',
    rule: 'V5',
    title: 'memory in a moved value that is refused for what a getter in it gives stays its sender’s',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const given of [() => deep(1100), () => new TextEncoder(), () => () => {}]) {
        const bytes = someBytes();
        const value = {
          bytes,
          get given() {
            return given();
          },
        };
        await assertCode(executor.submit(basics.echo, move(value)), 'ERR_NOT_CLONEABLE');
        assert.deepEqual(bytes, someBytes());
      }
    },
  },
  {
    id: 'V5-bound-and-mapped',
    rule: 'V5',
    title: 'an argument that partial() has bound, and an item of map(), may be moved',
    async run({ create, capabilities, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 2 });
      const bound = someBytes();
      const task = partial(basics.all, move(bound), 1);
      assert.deepEqual(await executor.submit(task, 2), [someBytes(), 1, 2]);
      // What is moved is moved once.
      if (capabilities.transfer) await assertCode(executor.submit(task, 2), 'ERR_NOT_CLONEABLE');
      else assert.deepEqual(await executor.submit(task, 2), [someBytes(), 1, 2]);
      const items = Array.from({ length: 10 }, (_, i) => someBytes(i + 1));
      const { values: lengths } = await outcome(
        executor.map(
          moving.byteLength,
          items.map((item) => move(item)),
        ),
      );
      assert.deepEqual(lengths, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      assert.deepEqual([...new Set(detached(bound, ...items))], [capabilities.transfer]);
    },
  },
  {
    id: 'V5-moved-reports',
    rule: 'V5',
    title: 'what a task reports may be moved',
    async run({ create, capabilities, tasks: { moving } }) {
      const seen: unknown[] = [];
      const left = await create()
        .submit(moving.reportMoved, 5)
        .onProgress((value) => seen.push(value));
      assert.deepEqual(seen, [new Uint8Array(5).fill(7)]);
      assert.equal(left, capabilities.transfer ? 0 : 5);
    },
  },
  {
    id: 'V5-result-before-a-death',
    rule: 'V5',
    title: 'a moved result arrives although its worker ends right after it',
    requires: ['isolation'],
    async run({ create, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 3; round += 1) {
        const bytes = await executor.submit(moving.movedBytesAndExit, 100_000);
        assert.deepEqual([bytes.byteLength, bytes[99_999]], [100_000, 7]);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
  {
    id: 'V5-size-costs-nothing',
    rule: 'V5',
    title: '64 MB move in and out in less than a quarter of the time that copying them takes',
    requires: ['transfer'],
    alone: true,
    cap: 60_000,
    async run({ create, tasks: { moving } }) {
      const executor = create({ maxWorkers: 1 });
      const length = 64 * 1024 * 1024;
      const timed = async (send: () => Promise<unknown>): Promise<number> => {
        const start = performance.now();
        await send();
        return performance.now() - start;
      };
      const bytes = new Uint8Array(length);
      const times = {
        in: { move: [] as number[], copy: [] as number[] },
        out: { move: [] as number[], copy: [] as number[] },
      };
      // The best of each: what else the machine does meanwhile only ever adds.
      const isCheap = ({ move: moved, copy }: typeof times.in) => Math.min(...moved) * 4 < Math.min(...copy);
      for (let round = 0; round < 3 || (round < 12 && !(isCheap(times.in) && isCheap(times.out))); round += 1) {
        for (const how of ['copy', 'move'] as const) {
          const argument = how === 'move' ? new Uint8Array(length) : bytes;
          times.in[how].push(
            await timed(() => executor.submit(moving.byteLength, how === 'move' ? move(argument) : argument)),
          );
          await executor.submit(moving.prepareBytes, length);
          times.out[how].push(await timed(() => executor.submit(moving.giveKept, how)));
        }
      }
      for (const both of [times.in, times.out])
        assert.ok(isCheap(both), `moved in ${both.move} ms, copied in ${both.copy} ms`);
    },
  },
  {
    id: 'V8-moves-at-the-start',
    rule: 'V8',
    title: 'what is to be moved stays the caller’s until the call is handed to its worker',
    requires: ['transfer'],
    async run({ create, gate, tasks: { basics, moving } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const between = Array.from({ length: 50 }, () => executor.submit(basics.nothing));
      const [bytes, other, late] = [someBytes(), someBytes(), someBytes()];
      const future = executor.submit(moving.byteLength, move(bytes));
      const cancelled = executor.submit(moving.byteLength, move(other));
      const timedOut = executor.with({ timeout: 1 }).submit(moving.byteLength, move(late));
      assert.equal(cancelled.cancel(), true);
      await assertCode(cancelled, 'ERR_CANCELLED');
      await assertCode(timedOut, 'ERR_TASK_TIMEOUT');
      assert.deepEqual(detached(bytes, other, late), [false, false, false]);
      latch.open();
      assert.equal(await future, 8);
      await Promise.all([blocker, ...between]);
      assert.deepEqual(detached(bytes, other, late), [true, false, false]);
      assert.deepEqual(other, someBytes());
    },
  },
];

function webAssemblyMemory(): ArrayBuffer {
  const { Memory }: { Memory: new (limits: object) => { readonly buffer: ArrayBuffer } } = Reflect.get(
    globalThis,
    'WebAssembly',
  );
  return new Memory({ initial: 1 }).buffer;
}
