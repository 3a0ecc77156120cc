import assert from 'node:assert/strict';
import { type AnyTask, type Future, inlineTask, move, NotCloneableError } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { readableOnce } from '../fixtures/readable-once.js';
import { spin } from './busy.js';
import { outcome } from './map-outcome.js';
import { assertCode, errorOf } from './outcomes.js';

// Where workers are remote, there are no inline tasks.
const kinds = ['thread', 'process', 'inline'] as const;

// Not by an async function that returns the reason: whether it is a promise is asked of it then.
function isRejectedWith(future: Promise<unknown>, reason: unknown): Promise<boolean> {
  return future.then(
    () => false,
    (actual: unknown) => actual === reason,
  );
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

class NamedByItsResponse extends Error {
  readonly response: { readonly kind: string } | undefined;

  constructor(response?: { readonly kind: string }) {
    super('failed');
    this.response = response;
    Object.defineProperty(this, 'response', { enumerable: false });
  }

  override get name(): string {
    // @ts-expect-error what nobody thought of
    return this.response.kind;
  }
}

/** Errors that a clone cannot read, and what of them. */
const unreadable: readonly (readonly [string, () => Error])[] = [
  ['.name', () => new NamedByItsResponse()],
  ['.name', () => Object.assign(new Error('x'), { name: Symbol('s') })],
  ['.message', () => throwing('message')],
  ['.stack', () => throwing('stack')],
];

function throwing(key: string): Error {
  return Object.defineProperty(new Error('x'), key, {
    get() {
      throw new RangeError('from the getter');
    },
  });
}

const wrapped = inlineTask(function wrapped(n: number) {
  return { n };
});
const third = inlineTask(function third([n, what]: readonly [number, 'error' | 'view']) {
  if (n !== 3) return n;
  if (what === 'error') {
    return Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new RangeError('from the getter');
      },
    });
  }
  const buffer = new ArrayBuffer(8, { maxByteLength: 16 });
  const view = new Uint8Array(buffer, 4, 4);
  buffer.resize(4);
  return view;
});
const throwWith = inlineTask(function throwWith(what: 'cause' | 'errors' | 'itself' | 'prototype') {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  if (what === 'cause') throw new Error('with a revoked cause', { cause: proxy });
  if (what === 'errors') throw Object.assign(new AggregateError([], 'with revoked errors'), { errors: proxy });
  if (what === 'prototype') throw Object.setPrototypeOf(new Error('of a revoked class'), proxy);
  throw proxy;
});

/** Values that throw when they are read, or are not twice the same: none of them may cost more than its own task. */
export const hostileValueCases: readonly ConformanceCase[] = [
  {
    id: 'V2-refused-by-its-sending-alone',
    rule: 'V2',
    title: 'an argument whose second reading throws is refused, and the tasks that follow have their own results',
    kinds,
    async run({ create }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(wrapped, 1);
      for (let round = 0; round < 3; round += 1) {
        const blocker = executor.submit(spin, 20);
        const refused = executor.submit(inlineEcho, readableOnce());
        const behind = [1, 2, 3].map((n) => executor.submit(wrapped, n));
        const error = await errorOf(refused);
        assert.ok(error instanceof NotCloneableError && error.path.startsWith('args'), error.stack);
        assert.deepEqual(await Promise.all(behind), [{ n: 1 }, { n: 2 }, { n: 3 }]);
        await blocker;
      }
    },
  },
  {
    id: 'V2-errors-that-cannot-be-read',
    rule: 'V2',
    title: 'an error whose name, message or stack throws when it is read is refused, by its path, and costs no worker',
    kinds,
    async run({ create, kind, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      for (const [path, make] of unreadable) {
        for (const [prefix, value] of [
          ['args[0]', make()],
          ['args[0].list[1]', { list: [0, make()] }],
          ['args[0].get("e")', new Map([['e', make()]])],
        ] as const) {
          const error = await errorOf(executor.submit(basics.echo, value));
          assert.ok(error instanceof NotCloneableError, error.stack);
          assert.deepEqual([error.path, error.side], [prefix + path, 'argument']);
        }
      }
      if (kind === 'process') {
        // In threads it is Node that clones one, and reads nothing of it.
        const exception = Object.defineProperty(new DOMException('m', 'AbortError'), 'name', {
          get() {
            throw new RangeError('from the getter');
          },
        });
        const error = await errorOf(executor.submit(basics.echo, { list: [exception] }));
        assert.ok(error instanceof NotCloneableError && error.path === 'args[0].list[0]', error.stack);
      }
      const readable: unknown = await executor.submit(basics.echo, new NamedByItsResponse({ kind: 'TypeError' }));
      assert.ok(readable instanceof Error && readable.message === 'failed');
      assert.deepEqual(await executor.submit(basics.place), before);
    },
  },
  {
    id: 'V2-a-closed-port',
    rule: 'V2',
    title: 'a port that is closed, moved or not, is refused, and so is one that a task returns; the process lives on',
    kinds,
    async run({ create }) {
      const executor = create({ maxWorkers: 1 });
      const { port1 } = new MessageChannel();
      await new Promise((resolve) => {
        port1.addEventListener('close', resolve);
        port1.close();
      });
      for (const value of [port1, move(port1), { inside: port1 }])
        await assertCode(executor.submit(inlineEcho, value), 'ERR_NOT_CLONEABLE');
      const closedPort = inlineTask(async () => {
        const { port1: port } = new MessageChannel();
        await new Promise((resolve) => {
          port.addEventListener('close', resolve);
          port.close();
        });
        return { port };
      });
      await assertCode(executor.submit(closedPort), 'ERR_NOT_CLONEABLE');
      assert.deepEqual(await executor.submit(wrapped, 1), { n: 1 });
    },
  },
  {
    id: 'V3-results-that-cannot-be-read',
    rule: 'V3',
    title: 'a result that throws when it is read, or whose memory is gone, rejects its Future and costs no worker',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      for (const what of ['error', 'view'] as const) {
        const error = await errorOf(executor.submit(third, [3, what]));
        assert.ok(error instanceof NotCloneableError, error.stack);
        assert.equal(error.side, 'result');
      }
      assert.deepEqual(await executor.submit(basics.place), before);
    },
  },
  {
    id: 'M3-results-that-cannot-be-read',
    rule: 'M3',
    title: 'in a map, such a result fails at its place, whatever the size of chunks',
    kinds,
    async run({ create }) {
      const executor = create({ maxWorkers: 2 });
      for (const what of ['error', 'view'] as const) {
        const items = [1, 2, 3, 4].map((n) => [n, what] as const);
        for (const chunkSize of [1, 2, 5, 'auto'] as const) {
          const { values, error } = await outcome(executor.map(third, items, { chunkSize }));
          assert.deepEqual(values, [1, 2]);
          assert.ok(error instanceof NotCloneableError, String(error));
        }
      }
    },
  },
  {
    id: 'V4-what-throws-when-it-is-looked-at',
    rule: 'V4',
    title: 'an error with a part that throws when it is looked at arrives without it, and the tasks that follow run',
    kinds,
    async run({ create }) {
      const executor = create({ maxWorkers: 1 });
      await Promise.all([executor.submit(spin, 1), executor.submit(throwWith, 'cause').catch(() => {})]);
      for (const [what, message] of [
        ['cause', 'with a revoked cause'],
        ['errors', 'with revoked errors'],
        ['prototype', undefined],
        ['itself', undefined],
      ] as const) {
        // Behind others, where a thread may take it by itself.
        const futures = [executor.submit(spin, 5), executor.submit(spin, 1), executor.submit(throwWith, what)];
        const error = await errorOf(Promise.all(futures));
        if (message !== undefined) assert.equal(error.message, message);
        assert.ok(!('code' in error), String(error));
        assert.deepEqual(await executor.submit(wrapped, 1), { n: 1 });
      }
    },
  },
  {
    id: 'C1-reasons-that-cannot-be-read',
    rule: 'C1',
    title: 'a reason that throws when it is looked at cancels as any other does, every task of its signal',
    kinds,
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 2, ...(create().capabilities.terminate && { cancelGrace: 0 }) });
      const door = await gate();
      const controller = new AbortController();
      const view = executor.with({ signal: controller.signal });
      const futures = [1, 2, 3].map(() => view.submit(basics.waitAt, door.handle));
      await door.waiting(2);
      const reason = revoked();
      controller.abort(reason);
      assert.deepEqual(
        futures.map(({ state }) => state),
        ['cancelled', 'cancelled', 'cancelled'],
      );
      for (const future of futures) assert.ok(await isRejectedWith(future, reason));
      door.open();
      const own = executor.submit(basics.nothing);
      assert.equal(own.cancel(reason), true);
      assert.ok(await isRejectedWith(own, reason));
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S1-a-task-that-throws-later',
    rule: 'S1',
    title:
      'a task whose properties throw from the n-th reading on rejects or runs, and the executor loses nothing by it',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(basics.nothing);
      for (let last = 0; last < 12; last += 1) {
        let reads = 0;
        const read = (value: string): string => {
          reads += 1;
          if (reads > last) throw new RangeError('looked at once more');
          return value;
        };
        const { module, name } = basics.add;
        const hostile: AnyTask = {
          get module() {
            return read(module);
          },
          get name() {
            return read(name);
          },
        };
        const future: Future<unknown> = executor.submit(hostile, 1, 2);
        const proxied: Future<unknown> = executor.submit(new Proxy(hostile, {}), 1, 2);
        for (const end of await Promise.allSettled([future, proxied])) {
          if (end.status === 'fulfilled') assert.equal(end.value, 3);
          else assert.ok(end.reason instanceof RangeError, String(end.reason));
        }
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
];

const inlineEcho = inlineTask(function inlineEcho(value: unknown) {
  return value;
});
