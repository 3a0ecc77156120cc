import { type ConformanceCase, conformanceCases } from '@anypool/conformance';
import { expect, test } from 'vitest';
import { confirmHangs } from '../dist/compare/confirm.js';
import { runTarget } from '../dist/compare/run-target.js';
import { targets } from '../dist/compare/targets.js';

const plain = casesOf(['S1-returns-before-the-task-ends', 'S6-empty-results', 'X1-while-a-module-is-imported']);
const failing = casesOf(['E7-state-of-the-failing-module']);

function casesOf(ids: readonly string[]): readonly ConformanceCase[] {
  return conformanceCases.filter(({ id }) => ids.includes(id));
}

const options = { rules: [], jobs: 1, deadline: Number.POSITIVE_INFINITY };

function fixture(name: string): { module: string; kind: 'thread' } {
  return { module: new URL(`./fixtures/${name}.ts`, import.meta.url).href, kind: 'thread' };
}

const raw = targets.filter(({ isRaw }) => isRaw);

test.each(raw)('$name runs tasks and shuts down', async (target) => {
  const ends = await runTarget(target, { ...options, cases: plain, timeScale: 1 });
  expect(ends.map(({ id, status }) => [id, status])).toEqual(plain.map(({ id }) => [id, 'passed']));
});

test.each(raw)('$name passes errors on', async (target) => {
  const [end] = await runTarget(target, { ...options, cases: failing, timeScale: 1 });
  // tinypool 2.2 sends the errors of processes as objects of the same members.
  if (target.name === 'raw/tinypool:process') expect(end?.error?.message).toMatch(/expected an Error, got {/);
  else expect(end?.status).toBe('passed');
});

test('a case that kills its process is a crash, and the cases after it run', async () => {
  const ends = await runTarget(fixture('ends-its-process'), { ...options, cases: plain.slice(0, 2), timeScale: 1 });
  expect(ends.map(({ status }) => status)).toEqual(['crash', 'crash']);
  expect(ends[0]?.error?.message).toMatch(/exit code 3/);
});

test('a case whose process never answers is a hang, and the cases after it run', async () => {
  const scaled = { timeScale: 0.02, slack: 2000 };
  const ends = await runTarget(fixture('never-returns'), { ...options, ...scaled, cases: plain.slice(0, 2) });
  expect(ends.map(({ status }) => status)).toEqual(['hang', 'hang']);
});

test('what is not offered fails as that', async () => {
  const ends = await runTarget(fixture('has-no-submit'), { ...options, cases: plain.slice(0, 2), timeScale: 1 });
  expect(ends.map(({ status }) => status)).toEqual(['not offered', 'not offered']);
});

test('no case is begun when the time is up', async () => {
  const ends = await runTarget(fixture('has-no-submit'), { ...options, cases: plain, timeScale: 1, deadline: 0 });
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['not run']));
});

test('what hung in a part of its time is run again, and nothing else is', async () => {
  const target = {
    name: 'raw/none:thread',
    isRaw: true,
    library: { name: 'none', version: '1' },
    ...fixture('has-no-submit'),
  };
  const [first, second] = plain.map(({ id, rule, title }) => ({ id, rule, title, ms: 1 }));
  if (first === undefined || second === undefined) throw new Error('There are no cases.');
  const report = {
    target: target.name,
    library: target.library,
    node: process.version,
    date: '',
    timeScale: 0.25,
    results: [
      { ...first, status: 'hang' },
      { ...second, status: 'failed' },
    ] as const,
  };
  const late = await confirmHangs(report, target, { ...options, deadline: 0 });
  expect([late.isConfirmed, late.results]).toEqual([false, report.results]);
  const confirmed = await confirmHangs(report, target, options);
  expect(confirmed.results.map(({ status }) => status)).toEqual(['not offered', 'failed']);
  expect(await confirmHangs(confirmed, target, options)).toBe(confirmed);
});
