import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { arrival } from './errors-fidelity.js';
import { reasonOf } from './rejection.js';

function assertNothingPolluted(): void {
  const empty: Record<string, unknown> = {};
  assert.equal(empty['polluted'], undefined);
  assert.equal(Reflect.get(Function.prototype, 'polluted'), undefined);
  assert.equal(Reflect.get(Error.prototype, 'polluted'), undefined);
}

/** Looks like what executors and their workers might say to each other. */
const lookalikes: readonly object[] = [
  { error: { name: 'Error', message: 'none' } },
  { value: 1, id: 1, sent: 0 },
  { root: { type: 'error', name: 'Error' } },
  { type: 'started', id: 1 },
  { type: 'uncaught', error: { root: 1 } },
  { type: 'cancel', id: 1, reason: null },
  { __tinypool_worker_message__: true, ready: true },
  { ok: false, error: 'no' },
  { cmd: 'NODE_INTERNAL', type: 'x' },
];

/** E11: keys and values that could be taken for something else. */
export const keyCases: readonly ConformanceCase[] = [
  {
    id: 'E11-proto-in-errors',
    rule: 'E11',
    title: 'a property __proto__ of a thrown error changes no prototype',
    async run(context) {
      const error = await arrival(context, 'protoKey');
      assert.equal(Object.getPrototypeOf(error), Error.prototype);
      assert.deepEqual([error.message, error['kept'], error['polluted']], ['boom', 1, undefined]);
      assertNothingPolluted();
    },
  },
  {
    id: 'E11-methods-in-errors',
    rule: 'E11',
    title: 'properties called constructor, toString and the like arrive as the data that they are',
    async run(context) {
      const error = await arrival(context, 'methodKeys');
      assert.equal(Object.getPrototypeOf(error), Error.prototype);
      for (const [key, value] of [
        ['constructor', 'c'],
        ['hasOwnProperty', 'h'],
        ['toString', 't'],
        ['valueOf', 'v'],
        ['kept', 1],
      ] as const) {
        assert.equal(Object.getOwnPropertyDescriptor(error, key)?.value, value, key);
      }
      assertNothingPolluted();
    },
  },
  {
    id: 'E11-then-in-errors',
    rule: 'E11',
    title: 'a property called then, data or function, makes no promise of an error',
    async run(context) {
      const data = await arrival(context, 'thenKey');
      assert.deepEqual([data.message, data['then'], data['kept']], ['boom', 'data', 1]);
      const fn = await arrival(context, 'thenFunction');
      assert.deepEqual([fn.message, fn['kept']], ['boom', 1]);
      assert.notEqual(typeof fn['then'], 'function');
    },
  },
  {
    id: 'E11-thrown-objects',
    rule: 'E11',
    title: 'a thrown object with such keys arrives as it was thrown, and changes no prototype',
    async run({ create, tasks: { errors } }) {
      const executor = create();
      const proto = await reasonOf(executor.submit(errors.raise, 'protoValue'));
      assert.equal(Object.getPrototypeOf(proto), Object.prototype);
      assert.equal(Reflect.get(Object(proto), 'polluted'), undefined);
      // biome-ignore lint/suspicious/noThenProperty: a key like any other
      const thenable = { then: 'data', message: 'm', stack: 's', name: 'TypeError' };
      assert.deepEqual(await reasonOf(executor.submit(errors.raiseValue, thenable)), thenable);
      assertNothingPolluted();
    },
  },
  {
    id: 'E11-values',
    rule: 'E11',
    title: 'arguments and results with such keys arrive as plain data',
    async run({ create, tasks: { basics, values } }) {
      const executor = create();
      const trap: unknown = JSON.parse(
        '{ "__proto__": { "polluted": true }, "constructor": 1, "toString": 2, "kept": 3 }',
      );
      const echoed = await executor.submit(basics.echo, trap);
      const made = await executor.submit(values.make, 'protoKey');
      for (const value of [echoed, made]) {
        assert.equal(Object.getPrototypeOf(value), Object.prototype);
        assert.deepEqual(Object.keys(Object(value)), ['__proto__', 'constructor', 'toString', 'kept']);
        assert.equal(Reflect.get(Object(value), 'polluted'), undefined);
      }
      // biome-ignore lint/suspicious/noThenProperty: a key like any other
      assert.deepEqual(await executor.submit(values.make, 'thenData'), { then: 'data', catch: 1 });
      assertNothingPolluted();
    },
  },
  {
    id: 'E11-values-that-look-like-messages',
    rule: 'E11',
    title: 'arguments, results and thrown objects that look like messages of an executor are taken for what they are',
    async run({ create, tasks: { basics, errors } }) {
      const executor = create({ maxWorkers: 1 });
      for (const value of lookalikes) {
        assert.deepEqual(await executor.submit(basics.echo, value), value);
        assert.deepEqual(await executor.submit(basics.all, value, [value]), [value, [value]]);
        assert.deepEqual(await reasonOf(executor.submit(errors.raiseValue, value)), value);
      }
    },
  },
];
