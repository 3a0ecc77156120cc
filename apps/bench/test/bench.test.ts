import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { median, ratios } from '../src/statistics.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'anypool-bench-'));
afterAll(() => rm(folder, { recursive: true }));

async function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('the middle of an even number of figures is between the two in the middle', () => {
  expect([median([3]), median([9, 1, 3]), median([4, 1, 9, 2])]).toEqual([3, 3, 3]);
});

test('a ratio is that of the same round', () => {
  expect(ratios([10, 30], [20, 10])).toEqual([0.5, 3]);
});

// Fifteen contenders, each warmed up.
test('every contender of every adapter is measured, and the figures are written', { timeout: 300_000 }, async () => {
  const json = join(folder, 'figures.json');
  const { code, stdout } = await bench('--rounds', '1', '--case', 'no-op, one', '--json', json);
  expect(code).toBe(0);
  const { results } = JSON.parse(await readFile(json, 'utf8'));
  for (const { match, rates, ratio } of results) {
    expect(stdout).toContain(match);
    expect(Object.entries(rates).map(([way, figures]) => [way, Array.isArray(figures) && figures[0] > 0])).toEqual([
      ['anypool', true],
      ['raw', true],
      ['defaults', true],
    ]);
    expect(ratio.raw).toBeCloseTo(rates.anypool[0] / rates.raw[0]);
  }
  expect(stdout).toMatch(/Least ratio/);
});

test.each([
  [['--backend', 'nowhere'], /there is no 'nowhere'; there are tinypool:thread/],
  [['--rounds', '0'], /--rounds must be a whole number from 1, got '0'/],
  [['--fast'], /--fast/],
])('a wrong command line %j is one line and exit code 2', async (args, message) => {
  const { code, stderr } = await bench(...args);
  expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
  expect(stderr).toMatch(message);
});
