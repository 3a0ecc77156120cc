import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import type { ErrorRecipe } from '../properties/error-tree.js';
import { RegisteredError } from '../properties/error-tree.js';
import { errorOf } from './outcomes.js';
import { reasonOf } from './rejection.js';

const aborted = () => new DOMException('stopped', 'AbortError');

const plainError: ErrorRecipe = {
  ...{ type: 'Error', message: 'boom', name: undefined, cause: undefined, errors: [], properties: [], frozen: false },
};

/** Small cases of what the properties have found. */
export const foundCases: readonly ConformanceCase[] = [
  {
    id: 'V1-dom-exception-as-a-key',
    rule: 'V1',
    title: 'a DOMException as a key of a Map arrives as that key, and the Map as it was',
    async run({ create, tasks: { basics } }) {
      const map = new Map<unknown, unknown>();
      map.set('before', 1).set(aborted(), 2).set('after', aborted());
      const arrived = await create().submit(basics.echo, { map });
      const keys = [...(Reflect.get(Object(arrived), 'map') as Map<unknown, unknown>).entries()];
      assert.deepEqual([keys[0], keys[2]?.[0], keys[1]?.[1]], [['before', 1], 'after', 2]);
      assert.ok(keys[1]?.[0] instanceof DOMException && keys[2]?.[1] instanceof DOMException);
    },
  },
  {
    id: 'V1-dom-exceptions-that-are-alike',
    rule: 'V1',
    title: 'two DOMExceptions that say the same arrive as two, and one at two places as one',
    async run({ create, tasks: { basics } }) {
      const [one, two] = [aborted(), aborted()];
      Object.defineProperty(two, 'stack', { value: one.stack });
      const arrived = await create().submit(basics.all, one, two, one);
      assert.ok(arrived[0] instanceof DOMException && arrived[1] instanceof DOMException);
      assert.deepEqual([arrived[0] === arrived[1], arrived[0] === arrived[2]], [false, true]);
    },
  },
  {
    id: 'V1-dom-exception-as-a-cause',
    rule: 'V1',
    title: 'a DOMException that is the cause of an Error as a value arrives as one, as hidden as a cause is',
    async run({ create, tasks: { basics } }) {
      const error = (await create().submit(basics.echo, new Error('outer', { cause: aborted() }))) as Error;
      assert.ok(error.cause instanceof DOMException);
      assert.deepEqual(Object.keys(error), []);
    },
  },
  {
    id: 'V1-dom-exception-behind-a-getter',
    rule: 'V1',
    title: 'a DOMException that a getter gives arrives as one',
    async run({ create, tasks: { basics } }) {
      const future = create().submit(basics.echo, {
        get reason(): DOMException {
          return aborted();
        },
      });
      const arrived: unknown = Reflect.get(Object(await future), 'reason');
      assert.ok(arrived instanceof DOMException);
    },
  },
  {
    id: 'V1-error-in-its-own-cause',
    rule: 'V1',
    title:
      'an Error as a value that comes again within its own cause arrives so, or is refused where Node cannot read one',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const error = new Error('outer');
      error.cause = [{ error }];
      const ends = await Promise.allSettled([executor.submit(basics.echo, error), executor.submit(basics.add, 1, 2)]);
      const isRead = await Promise.resolve(error)
        .then(structuredClone)
        .then(
          () => true,
          () => false,
        );
      assert.equal(ends[0].status, isRead ? 'fulfilled' : 'rejected');
      if (ends[0].status === 'fulfilled') {
        const arrived = ends[0].value as { readonly cause: readonly { readonly error: unknown }[] };
        assert.equal(arrived.cause[0]?.error, arrived);
      } else {
        assert.equal(Reflect.get(Object(ends[0].reason), 'code'), 'ERR_NOT_CLONEABLE');
      }
      assert.deepEqual(ends[1], { status: 'fulfilled', value: 3 });
    },
  },
  {
    id: 'V1-beside-the-items',
    rule: 'V1',
    title: 'a DOMException beside the items of an array arrives as one, whether the array has holes or is long',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const length of [1, 8, 100, 5000]) {
        for (const array of [new Array(length), new Array(length).fill(0)]) {
          const arrived = await executor.submit(basics.echo, Object.assign(array, { reason: aborted() }));
          assert.ok(Array.isArray(arrived) && arrived.length === length);
          assert.ok(Reflect.get(arrived, 'reason') instanceof DOMException, `${length} items`);
        }
      }
    },
  },
  {
    id: 'V2-beside-the-items',
    rule: 'V2',
    title: 'what cannot travel beside the items of an array is found there, whether the array has holes or is long',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const length of [1, 8, 100, 5000]) {
        for (const array of [new Array(length), new Array(length).fill(0)]) {
          const future = executor.submit(basics.echo, Object.assign(array, { onDone: () => {} }));
          await assert.rejects(future, { code: 'ERR_NOT_CLONEABLE', path: 'args[0].onDone' });
        }
      }
    },
  },
  {
    id: 'E1-properties-in-their-order',
    rule: 'E1',
    title: 'own properties arrive in their order, a name among them in its place',
    async run({ create, tasks: { errors } }) {
      const recipe: ErrorRecipe = {
        ...plainError,
        properties: [['code', { leaf: 'E_BOOM' }]],
        name: { text: 'Renamed', hidden: false },
      };
      const error = await errorOf(create().submit(errors.raiseTree, { errors: [recipe], data: [] }));
      assert.deepEqual([error.name, Object.keys(error)], ['Renamed', ['code', 'name']]);
    },
  },
  {
    id: 'E1-data-behind-a-getter',
    rule: 'E1',
    title: 'a property whose data has a getter somewhere inside arrives with what the getter gives',
    async run({ create, tasks: { errors } }) {
      const recipe: ErrorRecipe = { ...plainError, properties: [['details', { node: 0 }]] };
      const error = await errorOf(
        create().submit(errors.raiseTree, {
          errors: [recipe],
          data: [
            { is: 'map', entries: [[{ leaf: 'key' }, { node: 1 }]] },
            { is: 'getters', entries: [['given', { leaf: 1 }]] },
          ],
        }),
      );
      assert.deepEqual(Reflect.get(error, 'details'), new Map([['key', { given: 1 }]]));
    },
  },
  {
    id: 'E3-a-property-called-constructor',
    rule: 'E3',
    title: 'a registered class is recognised although the error has a property called constructor',
    async run({ create, tasks: { errors } }) {
      const recipe: ErrorRecipe = {
        ...{ ...plainError, type: 'RegisteredError' },
        properties: [['constructor', { leaf: 'data' }]],
      };
      const executor = create({ errors: [RegisteredError] });
      const error = await errorOf(executor.submit(errors.raiseTree, { errors: [recipe], data: [] }));
      assert.ok(error instanceof RegisteredError);
      assert.equal(Object.getOwnPropertyDescriptor(error, 'constructor')?.value, 'data');
    },
  },
  {
    id: 'E5-dom-exceptions-in-what-is-thrown',
    rule: 'E5',
    title: 'a thrown object with a DOMException in it arrives with it',
    async run({ create, tasks: { errors } }) {
      const thrown = { reason: aborted(), list: new Set([aborted()]) };
      const caught = Object(await reasonOf(create().submit(errors.raiseValue, thrown)));
      assert.ok(caught.reason instanceof DOMException && [...caught.list][0] instanceof DOMException);
    },
  },
];
