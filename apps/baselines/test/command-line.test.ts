import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function compare(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

test.each([
  [['--target', 'nowhere'], /there is no target 'nowhere'; there are raw\/threads:thread/],
  [['--rule', 'Z9'], /there is no rule 'Z9'/],
  [['--jobs', '0'], /--jobs must be a positive number, got '0'/],
  [['--from', '/nowhere.json'], /--from \/nowhere\.json: ENOENT/],
  [['--update-readme', '--target', 'raw/'], /--update-readme needs all targets; missing: anypool\/threads:thread/],
  [['--update-readme', '--rule', 'S1'], /--update-readme is for all rules/],
  [['--fast'], /--fast/],
])('a wrong command line %j is one line and exit code 2', async (args, message) => {
  const { code, stderr } = await compare(...args);
  expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
  expect(stderr).toMatch(message);
});

test('two targets and one rule give a table of both', async () => {
  const { code, stdout } = await compare('--target', 'tinypool:thread', '--rule', 'S2');
  expect(code).toBe(0);
  expect(stdout).toMatch(/raw {2,}anypool\n/);
  expect(stdout).toMatch(/S2 A Future MUST be a genuine Promise.* 3\/3 +3\/3\n/);
});
