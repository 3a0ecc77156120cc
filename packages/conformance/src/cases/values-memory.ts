import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { assertCode } from './outcomes.js';

const size = 100 * 1024 * 1024;

/** V6-V8: shared memory, much memory, and when memory is read. */
export const memoryCases: readonly ConformanceCase[] = [
  {
    id: 'V6-same-memory',
    rule: 'V6',
    title: 'a SharedArrayBuffer in an argument is the same memory: each side sees what the other writes',
    requires: ['sharedMemory'],
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 2 });
      const counter = new Int32Array(new SharedArrayBuffer(4));
      assert.equal(await executor.submit(values.increment, counter), 1);
      counter[0] = 10;
      await Promise.all(Array.from({ length: 20 }, () => executor.submit(values.increment, counter)));
      assert.equal(counter[0], 30);
    },
  },
  {
    id: 'V6-same-memory-while-the-task-runs',
    rule: 'V6',
    title: 'caller and task talk through shared memory while the task runs without a pause',
    requires: ['sharedMemory'],
    kinds: ['thread', 'process'],
    async run({ create, tasks: { values } }) {
      const cells = new Int32Array(new SharedArrayBuffer(8));
      const future = create().submit(values.handshake, cells);
      const arrival = Atomics.waitAsync(cells, 0, 0);
      if (arrival.async) {
        // Waiting this way holds no process; the Future does.
        await Promise.race([arrival.value, future]);
      }
      assert.equal(cells[0], 1);
      Atomics.store(cells, 1, 7);
      Atomics.notify(cells, 1);
      assert.equal(await future, 'told 7');
    },
  },
  {
    id: 'V6-same-memory-in-results',
    rule: 'V6',
    title: 'a SharedArrayBuffer in a result is the same memory as the one that stayed in the worker',
    requires: ['sharedMemory'],
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1 });
      const { counter } = await executor.submit(values.shareCounter);
      assert.ok(counter instanceof SharedArrayBuffer);
      new Int32Array(counter)[0] = 41;
      assert.equal(await executor.submit(values.readKept), 41);
    },
  },
  {
    id: 'V6-refused-in-arguments',
    rule: 'V6',
    title:
      'a SharedArrayBuffer in an argument, or a typed array over one, is refused with its path, and the task never starts',
    unless: ['sharedMemory'],
    async run({ create, gate, tasks: { basics }, trace }) {
      const [latch, started] = [await gate(), trace()];
      const executor = create({ maxWorkers: 1 });
      const memory = new SharedArrayBuffer(8);
      await assert.rejects(executor.submit(basics.echo, memory), {
        code: 'ERR_NOT_CLONEABLE',
        path: 'args[0]',
        side: 'argument',
      });
      await assert.rejects(executor.submit(basics.all, 1, { memory }), {
        code: 'ERR_NOT_CLONEABLE',
        path: 'args[1].memory',
      });
      await assertCode(executor.submit(basics.echo, [new Int32Array(memory)]), 'ERR_NOT_CLONEABLE');
      await assertCode(
        executor.submit(basics.traceAndWait, latch.handle, started.handle, memory as unknown as string),
        'ERR_NOT_CLONEABLE',
      );
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(started.lines(), []);
    },
  },
  {
    id: 'V6-refused-in-results',
    rule: 'V6',
    title: 'a SharedArrayBuffer in a result is refused with its path',
    unless: ['sharedMemory'],
    async run({ create, tasks: { basics, values } }) {
      const executor = create({ maxWorkers: 1 });
      const refused = { code: 'ERR_NOT_CLONEABLE', path: 'result.memory', side: 'result' };
      await assert.rejects(executor.submit(values.make, 'sharedBuffer'), refused);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'V7-much-in',
    rule: 'V7',
    title: '100 MB go into a task',
    cap: 60_000,
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1 });
      const bytes = new Uint8Array(size).fill(7);
      bytes[size - 1] = 9;
      assert.deepEqual(await executor.submit(values.ends, bytes), [size, 7, 9]);
      assert.deepEqual(await executor.submit(values.ends, 'x'.repeat(size)), [size, 'x', 'x']);
    },
  },
  {
    id: 'V7-much-out',
    rule: 'V7',
    title: '100 MB come out of a task',
    cap: 60_000,
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1 });
      const bytes = await executor.submit(values.bytes, size);
      assert.deepEqual([bytes.length, bytes[0], bytes[1000], bytes[size - 1]], [size, 0, 1000 % 256, (size - 1) % 256]);
      const text = await executor.submit(values.text, size);
      assert.deepEqual([text.length, text.at(0), text.at(-1)], [size - (size % 10), '0', '9']);
    },
  },
  {
    id: 'V8-read-at-the-start',
    rule: 'V8',
    title: 'arguments are read when the call is handed to its worker, not at submit, and not after that',
    async run({ create, gate, tasks: { basics, values } }) {
      const [first, second] = [await gate(), await gate()];
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, first.handle);
      await first.waiting(1);
      // So many before it that no worker holds the call already.
      const between = Array.from({ length: 50 }, () => executor.submit(basics.nothing));
      const value = { n: 1 };
      const future = executor.submit(values.readAt, second.handle, value);
      value.n = 2;
      first.open();
      await second.waiting(1);
      value.n = 3;
      second.open();
      assert.deepEqual(await future, [2, 2]);
      await Promise.all([blocker, ...between]);
    },
  },
  {
    id: 'V8-cancelled-before-it-is-read',
    rule: 'V8',
    title: 'the arguments of a call that is cancelled before that are never read',
    async run({ create, gate, tasks: { basics } }) {
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const blocker = executor.submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const between = Array.from({ length: 50 }, () => executor.submit(basics.nothing));
      let reads = 0;
      const value = {
        get n(): number {
          reads += 1;
          return reads;
        },
      };
      const futures = [
        executor.submit(basics.echo, value),
        executor.with({ timeout: 1 }).submit(basics.echo, value),
      ] as const;
      assert.equal(futures[0].cancel(), true);
      await assertCode(futures[0], 'ERR_CANCELLED');
      await assertCode(futures[1], 'ERR_TASK_TIMEOUT');
      latch.open();
      await Promise.all([blocker, ...between]);
      await executor.submit(basics.nothing);
      assert.equal(reads, 0);
    },
  },
];
