import assert from 'node:assert/strict';
import { NotCloneableError } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import type { Throwable } from '../fixtures/errors.js';
import { type Makeable, make } from '../fixtures/values.js';
import { localOnly } from '../local-only.js';
import { errorOf } from './outcomes.js';

/** Results that cannot travel, and where the trouble is. */
const rows: readonly (readonly [Makeable, string])[] = [
  ['functionItself', 'result'],
  ['symbolItself', 'result'],
  ['weakMap', 'result'],
  ['weakRef', 'result'],
  ['proxy', 'result'],
  ['functionInside', 'result.stream'],
  ['functionInList', 'result.list[2]'],
  ['functionInMap', 'result.get("key")'],
  ['functionUnderOddKey', 'result["odd-key"]["another one"]'],
  ['promiseInside', 'result.later'],
  ['thenableInside', 'result.value.then'],
  ['generator', 'result.items'],
  ['throwingItem', 'result.list[1][1]'],
  ['serializer', 'result.list[0]'],
  ['formatter', 'result.deep.format'],
  ['segments', 'result.get("key")'],
  ['readableOnce', 'result'],
];

async function refusal(future: Promise<unknown>): Promise<NotCloneableError> {
  const error = await errorOf(future);
  assert.ok(error instanceof NotCloneableError, error.stack);
  assert.equal(error.side, 'result');
  return error;
}

type Parts = Error & Record<string, unknown>;

/** The error as it arrived, after a check that the same worker goes on. */
async function arrivedError({ create, kind, tasks: { basics, errors } }: CaseContext, name: Throwable): Promise<Parts> {
  const executor = create({ maxWorkers: 1 });
  const before = await executor.submit(basics.place);
  const error = await errorOf(executor.submit(errors.raise, name));
  // Which of its workers runs a task is the affair of a remote host.
  if (kind !== 'remote') assert.deepEqual(await executor.submit(basics.place), before);
  await executor.shutdown();
  assert.ok(!(error instanceof NotCloneableError), error.stack);
  return error as Parts;
}

/** V3, V4: results and errors that cannot travel, or not all of them. */
export const resultCases: readonly ConformanceCase[] = [
  {
    id: 'V3-names-the-place',
    rule: 'V3',
    title:
      'a result that cannot be cloned rejects its Future with NotCloneableError and the path, from sync and async tasks',
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1 });
      for (const [name, path] of rows) {
        for (const task of [values.make, values.makeLater]) {
          const error = await refusal(executor.submit(task, name));
          assert.equal(error.path, path, `${name}: ${error.message}`);
          assert.ok(error.message.includes(path), error.message);
        }
      }
    },
  },
  {
    id: 'V3-too-deep',
    rule: 'V3',
    title: 'a result nested too deep is refused with the cause; one of a few hundred levels arrives',
    async run({ create, tasks: { values } }) {
      const executor = create({ maxWorkers: 1 });
      assert.deepEqual(await executor.submit(values.make, 'deepEnough'), make('deepEnough'));
      for (const name of ['tooDeep', 'fathomless'] as const) {
        const error = await refusal(executor.submit(values.make, name));
        assert.ok(
          error.path.startsWith('result') && error.path.length < 10_000,
          `a path of ${error.path.length} characters`,
        );
        assert.notEqual(error.cause, undefined);
      }
    },
  },
  {
    id: 'V3-throwing-getter',
    rule: 'V3',
    title: 'a getter in a result that throws refuses it, with what it threw as the cause',
    async run({ create, tasks: { values } }) {
      const error = await refusal(create().submit(values.make, 'throwingGetter'));
      assert.equal(error.path, 'result.bad');
      assert.ok(error.cause instanceof RangeError, String(error.cause));
      assert.equal(error.cause.message, 'from the getter');
    },
  },
  {
    id: 'V3-the-worker-goes-on',
    rule: 'V3',
    title: 'a refused result costs neither the slot nor the worker',
    local: localOnly.place,
    async run({ create, tasks: { basics, values } }) {
      const executor = create({ maxWorkers: 1 });
      const before = await executor.submit(basics.place);
      const futures = Array.from({ length: 5 }, () => executor.submit(values.make, 'functionInside'));
      const behind = executor.submit(basics.place);
      await Promise.all(futures.map(refusal));
      assert.deepEqual(await behind, before);
    },
  },
  {
    id: 'V4-functions-in-errors',
    rule: 'V4',
    title: 'an error with a function among its properties arrives without that property',
    async run(context) {
      const error = await arrivedError(context, 'withFunction');
      assert.ok(error instanceof TypeError);
      assert.deepEqual([error.message, error['code'], error['kept']], ['boom', 'E_BOOM', 1]);
      assert.ok(!('onDone' in error));
    },
  },
  {
    id: 'V4-only-the-part',
    rule: 'V4',
    title: 'what stands beside the part that cannot travel arrives, in nested objects too',
    async run(context) {
      const { details } = (await arrivedError(context, 'withNestedFunction')) as Parts & {
        details?: { list?: unknown[]; kept?: string };
      };
      assert.equal(details?.kept, 'yes');
      const list = details.list ?? [];
      assert.ok(list.includes(1) && list.includes(3), `${list}`);
      assert.ok(!list.some((item) => typeof item === 'function'));
    },
  },
  {
    id: 'V4-all-the-rest',
    rule: 'V4',
    title: 'all but the parts that cannot travel arrives at its place: in arrays, Maps, Sets, instances and errors',
    async run(context) {
      const error = await arrivedError(context, 'withParts');
      assert.deepEqual(error['list'], ['a', undefined, 'c']);
      assert.deepEqual(error['map'], new Map([['k', { n: 1 }]]));
      assert.deepEqual(error['set'], new Set([1]));
      assert.deepEqual(error['instance'], { kept: 4 });
      const [inner, next] = error['errors'] as [Error, unknown];
      assert.ok(inner instanceof TypeError && inner.message === 'inner' && !('cause' in inner), inner.stack);
      assert.equal(next, 1);
      const many = error['many'] as { readonly i: number }[];
      assert.equal(many.length, 1500);
      assert.ok(many.every(({ i }, place) => i === place));
      const ring = error['ring'] as { self?: unknown };
      assert.equal(ring.self, ring);
      assert.equal((await arrivedError(context, 'withoutEnd')).message, 'boom');
    },
  },
  {
    id: 'V4-objects-of-the-platform',
    rule: 'V4',
    title: 'an error that holds objects of the platform which no clone takes arrives without them',
    async run(context) {
      const error = await arrivedError(context, 'withHostObjects');
      assert.ok(error instanceof RangeError);
      const { code, kept, parts } = error;
      assert.deepEqual([code, kept, parts], ['E_BOOM', 1, { list: [undefined], kept: 2 }]);
      for (const key of ['format', 'segments', 'serializer']) assert.ok(!(key in error), key);
    },
  },
  {
    id: 'V4-a-part-that-changes',
    rule: 'V4',
    title: 'an error with a part that is another one when it is sent arrives with its class, message, code and causes',
    async run(context) {
      const error = await arrivedError(context, 'withReadableOnce');
      assert.ok(error instanceof RangeError && error.cause instanceof TypeError);
      assert.deepEqual([error.message, error['code'], error.cause.message], ['boom', 'E_BOOM', 'why']);
    },
  },
  {
    id: 'V4-other-parts',
    rule: 'V4',
    title:
      'symbols, proxies, promises, throwing getters and bottomless objects in an error do not keep it from arriving',
    async run(context) {
      for (const name of ['withSymbol', 'withProxy', 'withPromise', 'withThrowingGetter', 'withDepth'] as const) {
        const error = await arrivedError(context, name);
        assert.deepEqual([error.message, error['kept']], ['boom', 1], name);
      }
    },
  },
  {
    id: 'V4-causes-and-errors',
    rule: 'V4',
    title: 'a function as cause, or among the errors of an AggregateError, does not keep the rest from arriving',
    async run(context) {
      const error = await arrivedError(context, 'functionCause');
      assert.deepEqual([error.message, error['kept']], ['boom', 1]);
      const aggregate = await arrivedError(context, 'functionInErrors');
      assert.ok(aggregate instanceof AggregateError);
      assert.equal(aggregate.errors[0].message, 'one');
    },
  },
  {
    id: 'V4-odd-errors',
    rule: 'V4',
    title: 'an error whose stack cannot be read, or whose message is no text, arrives as an error',
    async run(context) {
      assert.equal((await arrivedError(context, 'oddStack')).message, 'boom');
      assert.ok((await arrivedError(context, 'oddMessage')) instanceof Error);
    },
  },
];
