import assert from 'node:assert/strict';
import { conformanceCases, createConformanceSuite } from '@anypool/conformance';
import { type Executor, inlineExecutor } from '@anypool/core';
import { describe, test } from 'vitest';

const module = import.meta.resolve('@anypool/core');

/** The rules that this version of the suite covers. */
const rules = [
  ...numbered('S', 14),
  ...numbered('V', 8),
  ...numbered('E', 11),
  ...numbered('C', 8),
  ...[...numbered('W', 11), 'W3a', 'W5a', ...numbered('Q', 3)],
  ...[...numbered('M', 6), 'P1', 'P2', 'P3', ...numbered('D', 7)],
  ...[...numbered('X', 8), 'X5a', 'O1', 'O2', 'O3', 'O4'],
];

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

describe('the cases', () => {
  test('each has an id of its own, which starts with its rule', () => {
    const ids = conformanceCases.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { id, rule } of conformanceCases) assert.match(id, new RegExp(`^${rule}-[A-Za-z0-9-]+$`));
  });

  test('each says in a title of its own what is so', () => {
    for (const { id, title } of conformanceCases) assert.match(title, /^\S.{10,}[^.]$/, id);
  });

  for (const rule of rules) {
    test(`rule ${rule} has a case`, () => assert.ok(conformanceCases.some((testCase) => testCase.rule === rule)));
  }
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
    const suite = await createConformanceSuite({ module, kinds: ['inline'] });
    assert.ok(suite.length > 100);
    for (const entry of suite) {
      assert.equal(entry.kind, 'inline');
      assert.ok(entry.case.kinds?.includes('inline') ?? true, entry.case.id);
    }
    assert.ok(!suite.some((entry) => entry.case.kinds?.includes('thread') && !entry.case.kinds.includes('inline')));
  });

  test('a case that a capability rules out is there, and says which one', async () => {
    const suite = await createConformanceSuite({ module, kinds: ['inline'] });
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
    const options = { module, kinds: ['inline'] as const };
    const suite = await createConformanceSuite({ ...options, knownGaps: { 'S6-empty-results': 'for this test' } });
    assert.equal(suite.find(({ case: { id } }) => id === 'S6-empty-results')?.gap, 'for this test');
    assert.equal(suite.filter(({ gap }) => gap !== undefined).length, 1);
    await assert.rejects(createConformanceSuite({ ...options, knownGaps: { 'S6-no-such-case': '' } }), RangeError);
  });

  test('its cases run', async () => {
    const suite = await createConformanceSuite({ module, kinds: ['inline'] });
    const entry = suite.find(({ case: { id } }) => id === 'S6-empty-results');
    assert.deepEqual(await entry?.run(), { status: 'passed' });
  });

  test('it rejects a module that makes no executors, or executors of another kind', async () => {
    await assert.rejects(
      createConformanceSuite({ module: 'node:path', kinds: ['thread'] }),
      /node:path does not export createExecutor/,
    );
    const createExecutor = () => inlineExecutor();
    await assert.rejects(createConformanceSuite({ module, kinds: ['thread'], createExecutor }), /kind 'inline'/);
  });
});
