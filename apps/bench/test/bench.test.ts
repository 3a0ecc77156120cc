import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { casesFor } from '../src/cases/cases.js';
import { contenders } from '../src/contenders/contenders.js';
import type { Figures } from '../src/results/figures.js';
import { readFigures } from '../src/results/read-figures.js';
import { fieldOf } from '../src/run/measure.js';
import { figuresOf, result, sequential } from './figures.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'anypool-bench-'));
afterAll(() => rm(folder, { recursive: true }));

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { maxBuffer: 1e8 })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

async function fileWith(name: string, content: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

test('every contender is measured, and the figures are written', { timeout: 300_000 }, async () => {
  const [json, html, markdown] = ['figures.json', 'page.html', 'tables.md'].map((name) => join(folder, name));
  const files = ['--json', String(json), '--html', String(html), '--markdown', String(markdown)];
  const { code, stdout, stderr } = await bench('--quick', '--rounds', '2', '--case', 'sequential', ...files);
  expect([code, stderr.split('\n').at(-2)]).toEqual([0, expect.stringContaining('process, 1 of 1: no-op')]);
  const { results } = await readFigures(String(json));
  expect(results.map(({ contender }) => contender).sort()).toEqual(
    contenders
      .filter(({ startOnly }) => !startOnly)
      .map(({ id }) => id)
      .sort(),
  );
  for (const { figures } of results) expect(figures).toEqual([expect.any(Number), expect.any(Number)]);
  expect(stdout).toMatch(/\| tinypool:thread anypool +\| [\d,]+ \([\d,]+–[\d,]+\) +\| \d+\.\d+ \(/);
  expect(stdout).toMatch(/^\| a library adapter against .* sequential +\| at least 0\.95 +\| .* \| (pass|gap) /m);
  expect(await readFile(String(markdown), 'utf8')).toBe(stdout);
  const page = await readFile(String(html), 'utf8');
  expect(page.match(/<svg /g)?.length).toBe(1);
  expect(page).not.toMatch(/(?:src|href)="(?!#)/);
});

test('every case is measured', { timeout: 300_000 }, async () => {
  const json = join(folder, 'cases.json');
  const backends = ['workerpool', 'default', 'bare'];
  const { code } = await bench(
    '--quick',
    '--rounds',
    '1',
    '--json',
    json,
    ...backends.flatMap((name) => ['--backend', name]),
  );
  expect(code).toBe(0);
  const { results }: Figures = JSON.parse(await readFile(json, 'utf8'));
  const chosen = contenders.filter(({ backend }) => backends.some((name) => backend.startsWith(`${name}:`)));
  for (const one of casesFor(2)) {
    const measured = results.filter((found) => found.case === one.id).map(({ contender }) => contender);
    const field = fieldOf(one, chosen)
      // Bytes are not moved between processes, and what is part of Node need not be imported.
      .filter(
        ({ kind, module }) =>
          !(one.id.startsWith('moved') && kind === 'process') && !(one.id === 'import' && module === undefined),
      );
    expect([one.id, measured.sort()]).toEqual([one.id, field.map(({ id }) => id).sort()]);
    expect([one.id, field.length > 1]).toEqual([one.id, true]);
  }
});

const own = 'tinypool:thread/anypool';
const raw = 'tinypool:thread/raw';
const before = figuresOf([result(sequential, own, [900, 910, 890]), result(sequential, raw, [1000, 1000, 1000])]);

test('an executor that is worse than in an earlier run is exit code 1 and a line of the table', async () => {
  const then = await fileWith('then.json', before);
  const worse = figuresOf([result(sequential, own, [600, 610, 590]), result(sequential, raw, [1000, 1000, 1000])]);
  const now = await fileWith('now.json', worse);
  const down = await bench('--from', now, '--compare', then);
  expect(down.code).toBe(1);
  expect(down.stdout).toMatch(/1 figures compared: 1 worse, 0 better, 0 the same/);
  expect(down.stdout).toMatch(
    /^\| worse +\| sequential +\| tinypool:thread\/anypool +\| to tinypool:thread\/raw +\| 0\.90 .* 0\.60 .* × 0\.67 *\|$/m,
  );
  const up = await bench('--from', then, '--compare', now);
  expect([up.code, /1 better/.test(up.stdout)]).toEqual([0, true]);
  const same = await bench('--from', then, '--compare', then);
  expect([same.code, /1 the same/.test(same.stdout)]).toEqual([0, true]);
});

test('turns that failed are named, and are exit code 1', async () => {
  const failures = [{ case: 'sequential', contender: own, message: 'broken' }];
  const file = await fileWith('failed.json', { ...before, failures });
  const { code, stdout } = await bench('--from', file);
  expect([code, stdout.includes(`- ${own}, sequential: broken`)]).toEqual([1, true]);
});

const quick = await fileWith('quick.json', { ...before, quick: true });
const full = await fileWith('full.json', before);
const other = await fileWith('other.json', { results: [] });
const wrong = await fileWith('wrong.json', { ...before, results: [{ ...before.results[0], figures: ['fast'] }] });

test.each([
  [['--backend', 'nowhere'], /there is no backend 'nowhere'; there are tinypool:thread, /],
  [['--case', 'nothing'], /there is no case 'nothing'; there are sequential, /],
  [['--backend', 'default', '--case', 'sequential'], /none of the chosen backends takes part in the chosen cases/],
  [['--rounds', '0'], /--rounds must be a whole number from 1, got '0'/],
  [['--fast'], /--fast/],
  [['--compare', join(folder, 'missing.json')], /cannot read figures from .*missing\.json/],
  [['--from', main], /cannot read figures from .*main\.js/],
  [['--compare', other], /other\.json has no figures of this bench/],
  [['--from', wrong], /wrong\.json has no figures of this bench/],
  [['--from', full, '--compare', quick], /quick\.json is of a quick run, and this is not/],
])('a wrong command line %j is one line and exit code 2', async (args, message) => {
  const { code, stderr } = await bench(...args);
  expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
  expect(stderr).toMatch(message);
});
