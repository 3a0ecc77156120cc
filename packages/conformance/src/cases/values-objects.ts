import assert from 'node:assert/strict';
import { BlockList, SocketAddress } from 'node:net';
import type { ConformanceCase } from '../case.js';
import { type Makeable, make } from '../fixtures/values.js';
import { assertArrive } from './values-clone.js';

interface Family {
  name: string;
  parent?: Family;
  readonly children: Family[];
}

/** Objects of Node, and how to tell that one has really arrived. */
const hostObjects: readonly {
  readonly name: Makeable;
  readonly isThere: (value: unknown) => boolean | Promise<boolean>;
}[] = [
  { name: 'url', isThere: (value) => value instanceof URL && value.href === 'http://example.org/a?b' },
  { name: 'urlSearchParams', isThere: (value) => value instanceof URLSearchParams && value.get('a') === '1' },
  { name: 'headers', isThere: (value) => value instanceof Headers && value.get('a') === '1' },
  { name: 'formData', isThere: (value) => value instanceof FormData },
  { name: 'request', isThere: (value) => value instanceof Request && value.url === 'http://example.org/' },
  { name: 'blob', isThere: async (value) => value instanceof Blob && (await value.text()) === 'text' },
  { name: 'blockList', isThere: (value) => value instanceof BlockList && value.check('192.0.2.1') },
  { name: 'socketAddress', isThere: (value) => value instanceof SocketAddress && value.port === 7 },
  { name: 'abortSignal', isThere: (value) => value instanceof AbortSignal },
  { name: 'event', isThere: (value) => value instanceof Event && value.type === 'open' },
  { name: 'textEncoder', isThere: (value) => value instanceof TextEncoder },
  { name: 'keyObject', isThere: (value) => Reflect.get(Object(value), 'symmetricKeySize') === 6 },
];

/** Its tag throws where its constructor has not made the object. */
class Tagged {
  readonly #tag = 'Tagged';

  get [Symbol.toStringTag](): string {
    return this.#tag;
  }
}

async function assertWholeOrRefused(
  future: Promise<unknown>,
  { name, isThere }: (typeof hostObjects)[number],
  path: string,
): Promise<void> {
  const end = await future.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in end) assert.ok(await isThere(end.value), `${name} arrived as ${JSON.stringify(end.value)}`);
  else
    assert.deepEqual(
      [Reflect.get(Object(end.error), 'code'), Reflect.get(Object(end.error), 'path')],
      ['ERR_NOT_CLONEABLE', path],
      name,
    );
}

/** V1: references, errors and objects of Node. */
export const objectCases: readonly ConformanceCase[] = [
  {
    id: 'V1-circular-references',
    rule: 'V1',
    title: 'circular references arrive circular: in objects, arrays, Maps and Sets',
    async run({ create, tasks }) {
      const parent: Family = { name: 'parent', children: [] };
      parent.children.push({ name: 'child', parent, children: [] });
      const list: unknown[] = [1];
      list.push(list, { list });
      const map = new Map<unknown, unknown>();
      map.set(map, new Set([map]));
      const executor = create({ maxWorkers: 1 });
      await assertArrive(executor, tasks, [parent, list, map]);
      const arrived = (await executor.submit(tasks.basics.echo, parent)) as Family;
      assert.equal(arrived.children[0]?.parent, arrived);
    },
  },
  {
    id: 'V1-shared-references',
    rule: 'V1',
    title: 'what is one object before is one object after, within an argument and across arguments',
    async run({ create, tasks: { basics } }) {
      const executor = create();
      const shared = { name: 'shared' };
      const one = (await executor.submit(basics.echo, { a: shared, b: [shared], c: new Map([[shared, shared]]) })) as {
        a: object;
        b: object[];
        c: Map<object, object>;
      };
      assert.equal(one.a, one.b[0]);
      assert.deepEqual([...one.c].flat(), [one.a, one.a]);
      assert.ok([...one.c].flat().every((value) => value === one.a));
      const [first, second] = await executor.submit(basics.all, shared, shared);
      assert.equal(first, second);
    },
  },
  {
    id: 'V1-views-of-one-buffer',
    rule: 'V1',
    title: 'typed arrays over one buffer are over one buffer after, each at its place',
    async run({ create, tasks: { basics } }) {
      const buffer = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
      const views = { buffer, start: new Uint8Array(buffer, 0, 4), end: new Uint16Array(buffer, 4, 2) };
      const arrived = (await create().submit(basics.echo, views)) as typeof views;
      assert.deepEqual(arrived, views);
      assert.equal(arrived.start.buffer, arrived.end.buffer);
      assert.equal(arrived.start.buffer, arrived.buffer);
      assert.deepEqual([arrived.start.byteOffset, arrived.end.byteOffset], [0, 4]);
    },
  },
  {
    id: 'V1-invalid-date',
    rule: 'V1',
    title: 'an invalid Date arrives as one',
    async run({ create, tasks: { basics } }) {
      const arrived = await create().submit(basics.echo, new Date(Number.NaN));
      assert.ok(arrived instanceof Date && Number.isNaN(arrived.getTime()));
    },
  },
  {
    id: 'V1-buffer',
    rule: 'V1',
    title: 'a Buffer arrives as a Uint8Array with the same bytes, in arguments, inside them and in results',
    async run({ create, tasks: { basics, values } }) {
      const executor = create();
      for (const buffer of [Buffer.from('text'), Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
        const [alone, inside] = (await executor.submit(basics.all, buffer, { inside: buffer })) as [
          Uint8Array,
          { inside: Uint8Array },
        ];
        for (const arrived of [alone, inside.inside]) {
          assert.ok(arrived instanceof Uint8Array);
          assert.deepEqual([...arrived], [...buffer]);
        }
        assert.deepEqual(await executor.submit(values.ends, buffer), [buffer.length, buffer.at(0), buffer.at(-1)]);
      }
    },
  },
  {
    id: 'V1-errors-as-values',
    rule: 'V1',
    title: 'an Error as a value keeps the class, message, stack and cause that a structured clone keeps',
    async run({ create, tasks: { basics, values } }) {
      const executor = create();
      const cause = new RangeError('cause');
      const list = [
        new Error('plain'),
        new TypeError('typed', { cause }),
        new SyntaxError(''),
        new Error('data', { cause: { n: [1] } }),
      ];
      for (const error of list) {
        const clone = structuredClone(error);
        const [alone, inside] = (await executor.submit(basics.all, error, { inside: error })) as [
          Error,
          { inside: Error },
        ];
        for (const arrived of [alone, inside.inside]) {
          assert.equal(Object.getPrototypeOf(arrived), Object.getPrototypeOf(clone));
          assert.deepEqual([arrived.name, arrived.message, arrived.stack], [clone.name, clone.message, clone.stack]);
          assert.deepEqual(arrived.cause, clone.cause);
        }
        assert.match(await executor.submit(values.inspected, error), new RegExp(`^\\[?${clone.name}`));
      }
    },
  },
  {
    id: 'V1-dom-exception-as-a-value',
    rule: 'V1',
    title: 'a DOMException as a value arrives as one, and never as an empty object',
    async run({ create, tasks: { basics } }) {
      const exception = new DOMException('stopped', 'AbortError');
      const future = create().submit(basics.echo, { exception });
      if (structuredClone(exception) instanceof DOMException) {
        const { exception: arrived } = (await future) as { exception: unknown };
        assert.ok(arrived instanceof DOMException);
        assert.deepEqual([arrived.name, arrived.message, arrived.code], ['AbortError', 'stopped', 20]);
      } else {
        // This Node's own structured clone is an empty object.
        await assertWholeOrRefused(
          future.then((value) => Reflect.get(Object(value), 'exception')),
          { name: 'url', isThere: (value) => value instanceof DOMException },
          'args[0].exception',
        );
      }
    },
  },
  {
    id: 'V1-host-objects-in-arguments',
    rule: 'V1',
    title: 'an object of Node in an argument arrives whole or is refused, never as an empty object',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const row of hostObjects) {
        await assertWholeOrRefused(executor.submit(basics.echo, make(row.name)), row, 'args[0]');
        const inside = executor.submit(basics.all, 1, [{ inside: make(row.name) }]);
        await assertWholeOrRefused(
          inside.then(([, list]) => Reflect.get(Object(list), '0').inside),
          row,
          'args[1][0].inside',
        );
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'V1-tags-that-throw',
    rule: 'V1',
    title: 'an object whose toStringTag throws arrives, in whatever it is',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const tagged: object = Object.create(Tagged.prototype);
      for (const value of [tagged, Object.assign(tagged, { a: 1 }), { list: [tagged, new Map([[1, tagged]])] }])
        assert.deepStrictEqual(await executor.submit(basics.echo, value), structuredClone(value));
    },
  },
  {
    id: 'V1-host-objects-behind-getters',
    rule: 'V1',
    title: 'an object of Node that a getter gives arrives whole or is refused, as one that is simply there',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const row of hostObjects) {
        const value = {
          get inside() {
            return [make(row.name)];
          },
        };
        const future = executor.submit(basics.echo, new Map([['key', value]]));
        await assertWholeOrRefused(
          future.then((map) => Object(map).get('key').inside[0]),
          row,
          'args[0].get("key").inside[0]',
        );
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'V1-values-beside-a-getter',
    rule: 'V1',
    title: 'values of all sorts arrive as structuredClone makes them where one among them has a getter',
    async run({ create, tasks: { basics } }) {
      const bytes = new Uint8Array([1, 2, 3, 4]);
      const list: unknown[] = [];
      const family = { list, again: list };
      list.push(new Map([[family, new Set([family])]]));
      const named = new RangeError('inner', { cause: { family } });
      named.name = 'Renamed';
      const value = {
        ...{ family, bytes, part: bytes.subarray(1), date: new Date(5), pattern: /x/g, boxed: Object(1n) },
        // biome-ignore lint/suspicious/noSparseArray: holes are values too
        sparse: Object.assign([1, , [2]], { named: true }),
        errors: [new TypeError('outer', { cause: named }), Object.assign(new Error('plain'), { lost: 1 })],
        bare: Object.assign(Object.create(null), { a: 1 }),
        keyed: JSON.parse('{ "__proto__": { "x": 1 } }'),
        buffer: new ArrayBuffer(4),
        get given(): unknown {
          return { family, again: this.errors };
        },
      };
      const arrived = Object(await create().submit(basics.echo, value));
      assert.deepStrictEqual(arrived, structuredClone(value));
      const { family: sameFamily, again } = Object(arrived.given);
      assert.deepEqual([sameFamily === arrived.family, again === arrived.errors], [true, true]);
      assert.equal(again[0].cause.cause.family, arrived.family);
      assert.equal(arrived.part.buffer, arrived.bytes.buffer);
      assert.equal(arrived.family.list, arrived.family.again);
    },
  },
  {
    id: 'V1-host-objects-in-results',
    rule: 'V1',
    title: 'an object of Node in a result arrives whole or is refused, never as an empty object',
    async run({ create, tasks: { basics, values } }) {
      const executor = create({ maxWorkers: 1 });
      for (const row of hostObjects) await assertWholeOrRefused(executor.submit(values.make, row.name), row, 'result');
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
];
