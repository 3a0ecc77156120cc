import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  AdapterError,
  type ConformanceCase,
  conformanceCases,
  createConformanceSuite,
  type KnownGap,
  rules,
  type SuiteCase,
  specificationVersion,
} from '@anypool/conformance';
import { type Executor, inlineExecutor } from '@anypool/core';
import { describe, test } from 'vitest';
import { type ListedTest, testsOf } from '../dist/listed-tests.js';
import { capOf } from '../dist/run-case.js';
import { maximumTimeScale } from '../dist/time-scale.js';

const module = import.meta.resolve('@anypool/core');
const inline = { module, kinds: ['inline'] } as const;

describe('the cases', () => {
  test('each has an id of its own, which starts with its rule', () => {
    const ids = conformanceCases.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { id, rule } of conformanceCases) assert.match(id, new RegExp(`^${rule}-[A-Za-z0-9-]+$`));
  });

  test('each says in a title of its own what is so', () => {
    for (const { id, title } of conformanceCases) assert.match(title, /^\S.{10,}[^.]$/, id);
  });

  for (const { id } of rules.filter(({ byAdapter }) => !byAdapter))
    test(`rule ${id} has a case`, () => assert.ok(conformanceCases.some(({ rule }) => rule === id)));

  test('each is about a rule of the specification, and none is about those that adapters test by themselves', () => {
    const provided = rules.filter(({ byAdapter }) => !byAdapter).map(({ id }) => id);
    for (const { id, rule } of conformanceCases) assert.ok(provided.includes(rule), id);
    assert.deepEqual(
      rules.filter(({ byAdapter }) => byAdapter).map(({ id }) => id),
      ['R1', 'R2', 'R3'],
    );
  });

  test('the major version of the suite is that of the specification', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    assert.equal(version.split('.')[0], specificationVersion.split('.')[0]);
  });

  test('the cap of each fits into a timer at the largest time scale', () => {
    for (const testCase of conformanceCases)
      assert.ok(capOf(testCase, 'remote') * (maximumTimeScale + 1) < 2 ** 31, testCase.id);
  });

  test('those that compare times run alone', () => {
    const alone = conformanceCases.filter((testCase) => testCase.alone).map(({ id }) => id);
    assert.ok(alone.includes('Q3-cost-at-any-length'));
    assert.ok(alone.length < 20);
  });
});

/** An executor that says other things of itself than are so. */
function posing(claims: Partial<Executor>): Executor {
  return new Proxy(inlineExecutor(), {
    get(executor, name) {
      const value: unknown = Reflect.get(claims, name) ?? Reflect.get(executor, name, executor);
      return typeof value === 'function' ? value.bind(executor) : value;
    },
  });
}

describe('createConformanceSuite', () => {
  test('it lists the cases for each kind, and leaves out those for other kinds', async () => {
    const suite = await createConformanceSuite(inline);
    assert.ok(suite.length > 100);
    for (const entry of suite) {
      assert.equal(entry.kind, 'inline');
      assert.ok(entry.case.kinds?.includes('inline') ?? true, entry.case.id);
    }
    assert.ok(!suite.some((entry) => entry.case.kinds?.includes('thread') && !entry.case.kinds.includes('inline')));
  });

  test('a case that a capability rules out is there, and says which one', async () => {
    const suite = await createConformanceSuite(inline);
    const { capabilities } = inlineExecutor();
    for (const { case: testCase, skip } of suite) {
      const { id, requires = [], unless = [] } = testCase;
      if (!requires.every((name) => capabilities[name])) assert.match(skip ?? '', /^needs the capability /, id);
      else if (unless.some((name) => capabilities[name])) assert.match(skip ?? '', /^only without the capability /, id);
      else assert.equal(skip, undefined, id);
    }
    const createExecutor = () =>
      posing({ kind: 'thread', capabilities: { ...inlineExecutor().capabilities, sharedMemory: true } });
    const other = await createConformanceSuite({ module, kinds: ['thread'], createExecutor });
    const unless = other.find((entry) => entry.case.unless?.includes('sharedMemory'));
    assert.equal(unless?.skip, 'only without the capability sharedMemory');
    assert.equal(other.find((entry) => entry.case.requires?.join() === 'sharedMemory')?.skip, undefined);
  });

  test('a case that is known to fail says why, and a gap that no case has is refused', async () => {
    const gap = { rule: 'S6', case: 'S6-empty-results', reason: 'for this test' };
    const suite = await createConformanceSuite({ ...inline, knownGaps: [gap] });
    assert.equal(suite.find(({ case: { id } }) => id === 'S6-empty-results')?.gap?.reason, 'for this test');
    assert.equal(suite.filter((entry) => entry.gap !== undefined).length, 1);
    const absent = { ...gap, case: 'S6-no-such-case' };
    await assert.rejects(createConformanceSuite({ ...inline, knownGaps: [absent] }), RangeError);
  });

  test('it lists the cases that were asked for', async () => {
    const suite = await createConformanceSuite({ ...inline, cases: ['S6', 'X4-terminate'] });
    assert.deepEqual([...new Set(suite.map((entry) => entry.case.rule))], ['S6', 'X4']);
    assert.equal(suite.filter((entry) => entry.case.rule === 'X4').length, 1);
    await assert.rejects(createConformanceSuite({ ...inline, cases: ['S600'] }), RangeError);
  });

  test('its cases run', async () => {
    const suite = await createConformanceSuite(inline);
    const entry = suite.find(({ case: { id } }) => id === 'S6-empty-results');
    assert.deepEqual(await entry?.run(), { status: 'passed' });
  });

  test('it rejects a module that makes no executors, or executors of another kind', async () => {
    await assert.rejects(
      createConformanceSuite({ module: 'node:path', kinds: ['thread'] }),
      /node:path does not export a function createExecutor/,
    );
    const createExecutor = () => inlineExecutor();
    await assert.rejects(createConformanceSuite({ module, kinds: ['thread'], createExecutor }), /kind 'inline'/);
  });

  test('it rejects a module that cannot be imported, throws, or never ends its import', async () => {
    for (const text of [
      'throw new Error()',
      'await new Promise(() => {})',
      'export const createExecutor = () => null',
    ]) {
      const options = { module: `data:text/javascript,${text}`, kinds: ['thread'], timeScale: 0.01 } as const;
      await assert.rejects(createConformanceSuite(options), AdapterError);
    }
  });
});

describe('the tests of a suite', () => {
  const reason = 'for this test';
  const passing = () => Promise.resolve({ status: 'passed' } as const);
  const failing = () => Promise.resolve({ status: 'failed', error: new Error('broken') } as const);

  type Ends = readonly (() => ReturnType<SuiteCase['run']>)[];

  function listed(gap: KnownGap | undefined, ends: Ends, all?: readonly ConformanceCase[]) {
    const found = conformanceCases.filter(({ rule }) => rule === 'S6').slice(0, ends.length);
    const suite = found.map((testCase, index): SuiteCase => {
      const run = ends[index] ?? passing;
      return { case: testCase, kind: 'inline', skip: undefined, gap, run };
    });
    return testsOf(suite, 'inline', all ?? found);
  }

  async function testsWith(gap: KnownGap | undefined, ends: Ends, inOrder = (tests: ListedTest[]) => tests) {
    const statuses = [];
    for (const { run } of inOrder(listed(gap, ends))) {
      const [end] = await Promise.allSettled([run()]);
      statuses.push(end.status);
    }
    return statuses;
  }

  test('a case that fails is a test that fails', async () => {
    assert.deepEqual(await testsWith(undefined, [passing, failing]), ['fulfilled', 'rejected']);
  });

  test('a case that is a gap must fail', async () => {
    const gap = { rule: 'S6', case: 'S6-empty-results', reason };
    assert.deepEqual(await testsWith(gap, [passing, failing]), ['rejected', 'fulfilled']);
  });

  test('of a rule that is a gap some case must fail, which a test of its own says', async () => {
    const gap = { rule: 'S6', reason };
    assert.deepEqual(await testsWith(gap, [passing, failing]), ['fulfilled', 'fulfilled', 'fulfilled']);
    assert.deepEqual(await testsWith(gap, [passing, passing]), ['fulfilled', 'fulfilled', 'rejected']);
  });

  test('where only some cases of the rule were asked for, no test is about the others', async () => {
    const tests = listed({ rule: 'S6', reason }, [passing], conformanceCases);
    assert.deepEqual(
      tests.map(({ name }) => name.split(':', 1)[0]),
      [conformanceCases.find(({ rule }) => rule === 'S6')?.id],
    );
    await tests[0]?.run();
  });

  test('it says so in any order, at once and alone, and each case runs once', async () => {
    const gap = { rule: 'S6', reason };
    const reversed = (tests: ListedTest[]) => tests.toReversed();
    assert.deepEqual(await testsWith(gap, [passing, passing], reversed), ['rejected', 'fulfilled', 'fulfilled']);
    assert.deepEqual(await testsWith(gap, [passing, failing], reversed), ['fulfilled', 'fulfilled', 'fulfilled']);
    assert.deepEqual(await testsWith(gap, [passing, passing], (tests) => tests.slice(-1)), ['rejected']);
    let runs = 0;
    const counting = () => {
      runs += 1;
      return passing();
    };
    const together = await Promise.allSettled(listed(gap, [counting, counting]).map(({ run }) => run()));
    assert.deepEqual(
      together.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.equal(runs, 2);
  });
});
