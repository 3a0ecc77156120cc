import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { CaseContext, ConformanceCase } from '../case.js';
import type { Throwable } from '../fixtures/errors.js';
import { errorOf } from './outcomes.js';

/** An error with whatever properties it has. */
export type Parts = Error & Record<string, unknown>;

/** What arrives when a task throws the thing of that name. */
export async function arrival({ create, tasks: { errors } }: CaseContext, name: Throwable): Promise<Parts> {
  const executor = create({ maxWorkers: 1 });
  const error = await errorOf(executor.submit(errors.raise, name));
  await executor.shutdown();
  return error as Parts;
}

function links(error: unknown): string[] {
  const messages: string[] = [];
  for (let link = error; link instanceof Error; link = link.cause) messages.push(link.message);
  return messages;
}

/** What became of a text, for a message that is not as long itself. */
function cut(arrived: unknown, length: number): string {
  return `${inspect(String(arrived).slice(-40))} is the end of ${String(arrived).length} characters, for ${length}`;
}

/** E1: what a task throws is what the caller catches. */
export const fidelityCases: readonly ConformanceCase[] = [
  {
    id: 'E1-name-message-code',
    rule: 'E1',
    title: 'name, message and code arrive, whatever sort of code it is and whoever set it or the name',
    async run(context) {
      const rows = [
        ['error', 'Error', 'boom', undefined],
        ['empty', 'Error', '', undefined],
        ['coded', 'Error', 'boom', 'E_BOOM'],
        ['numericCode', 'Error', 'boom', 17],
        ['codedByClass', 'Error', 'boom', 'E_CLASS'],
        ['hiddenCode', 'Error', 'boom', 'E_HIDDEN'],
        ['renamed', 'Renamed', 'boom', undefined],
      ] as const;
      for (const [throwable, name, message, code] of rows) {
        const error = await arrival(context, throwable);
        assert.deepEqual([error.name, error.message, error['code']], [name, message, code], throwable);
        assert.equal('code' in error, code !== undefined, throwable);
        assert.ok(
          !Object.keys(error).includes('message') && !Object.keys(error).includes('stack'),
          `${Object.keys(error)}`,
        );
      }
    },
  },
  {
    id: 'E1-long-texts',
    rule: 'E1',
    title: 'messages arrive whole however long they are, in stacks, codes, properties and causes too',
    async run({ create, tasks: { errors } }) {
      const executor = create({ maxWorkers: 1 });
      for (const length of [150, 250, 1500, 20_000, 300_000]) {
        const text = `begin ${'.'.repeat(length)} end`;
        const error = (await errorOf(executor.submit(errors.raiseLong, text))) as Parts;
        const { cause, code, message, note, stack } = error;
        assert.ok(cause instanceof Error);
        for (const arrived of [message, code, note, cause.message]) assert.ok(arrived === text, cut(arrived, length));
        assert.ok(stack?.startsWith(`Error: ${text}\n`), cut(stack, length));
      }
    },
  },
  {
    id: 'E1-errors-of-node',
    rule: 'E1',
    title: 'the errors of Node arrive with what makes them useful: errno and path, code, actual and expected',
    async run(context) {
      const system = await arrival(context, 'systemError');
      assert.deepEqual([system['code'], system['syscall'], system['path']], ['ENOENT', 'open', '/nowhere/at all']);
      assert.equal(typeof system['errno'], 'number');
      const node = await arrival(context, 'nodeError');
      assert.ok(node instanceof TypeError);
      assert.deepEqual([node['code'], node['input']], ['ERR_INVALID_URL', 'no url']);
      const assertion = await arrival(context, 'assertionError');
      assert.deepEqual(
        [assertion.name, assertion['code'], assertion['operator']],
        ['AssertionError', 'ERR_ASSERTION', 'deepStrictEqual'],
      );
      assert.deepEqual([assertion['actual'], assertion['expected']], [[1], [2]]);
    },
  },
  {
    id: 'E1-own-properties',
    rule: 'E1',
    title: 'own enumerable properties arrive, whatever their values; others do not',
    async run(context) {
      const error = await arrival(context, 'rich');
      const { when, headers, list, nothing, big, inner, 0: zero } = error;
      assert.ok(error instanceof RangeError);
      assert.deepEqual(
        { when, headers, nothing, big, zero },
        {
          when: new Date(0),
          headers: new Map([['a', new Set([1])]]),
          nothing: undefined,
          big: 2n ** 64n,
          zero: 'zero',
        },
      );
      // biome-ignore lint/suspicious/noSparseArray: holes are values too
      assert.deepEqual(list, [1, , undefined, null]);
      assert.ok('nothing' in error);
      assert.ok(inner instanceof TypeError && inner.message === 'inner');
      assert.ok(!('secret' in (await arrival(context, 'hidden'))));
    },
  },
  {
    id: 'E1-cause-chain',
    rule: 'E1',
    title: 'the chain of causes arrives, to any depth',
    async run(context) {
      const chain = await arrival(context, 'chain');
      assert.deepEqual(links(chain), ['link 4', 'link 3', 'link 2', 'link 1', 'link 0']);
      assert.equal(links(await arrival(context, 'longChain')).length, 300);
      assert.ok(!('cause' in (await arrival(context, 'error'))), 'no cause where there was none');
    },
  },
  {
    id: 'E1-causes-of-any-sort',
    rule: 'E1',
    title: 'a cause need not be an Error',
    async run(context) {
      const odd = await arrival(context, 'oddCauses');
      assert.ok(odd.cause instanceof TypeError);
      assert.deepEqual(odd.cause.cause, { reason: ['text'] });
      assert.equal((await arrival(context, 'textCause')).cause, 'text');
      assert.equal((await arrival(context, 'undefinedCause')).cause, undefined);
    },
  },
  {
    id: 'E1-causes-in-a-cycle',
    rule: 'E1',
    title: 'causes that go round in a circle arrive so',
    async run(context) {
      const self = await arrival(context, 'selfCause');
      assert.equal(self.cause, self);
      const first = await arrival(context, 'cycle');
      assert.ok(first.cause instanceof TypeError);
      assert.equal(first.cause.message, 'second');
      assert.equal(first.cause.cause, first);
    },
  },
  {
    id: 'E1-aggregate-errors',
    rule: 'E1',
    title: 'the errors of an AggregateError arrive, of every sort and nested',
    async run(context) {
      const aggregate = await arrival(context, 'aggregateError');
      assert.ok(aggregate instanceof AggregateError);
      const [one, two, three] = aggregate.errors;
      assert.ok(one instanceof TypeError && one.message === 'one');
      assert.equal(two, 'two');
      assert.deepEqual(
        [three instanceof Error, three.name, three.message, three.field],
        [true, 'ValidationError', 'three', 'age'],
      );
      const outer = await arrival(context, 'nestedAggregate');
      assert.ok(outer instanceof AggregateError);
      const middle: unknown = outer.errors[0];
      assert.ok(middle instanceof AggregateError && middle.errors[0] instanceof RangeError);
      assert.deepEqual([middle.message, middle.errors[0].message], ['middle', 'inner']);
    },
  },
];
