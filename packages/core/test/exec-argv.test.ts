import { expect, test } from 'vitest';
import { inheritedExecArgv } from '../src/engine/exec-argv.js';

test("W10: a process gets the caller's Node options, less those about the caller's own script", () => {
  const caller = [
    '--max-old-space-size=200',
    '--input-type=module',
    '-e',
    'work()',
    '--inspect=9229',
    '--import',
    './hook.js',
    '--title',
    'main',
    '--env-file',
    '.env',
    '--env-file-if-exists=.env.local',
  ];
  expect(inheritedExecArgv('process', caller)).toEqual(['--max-old-space-size=200', '--import', './hook.js']);
});

test('W10: a thread inherits them by itself where it can', () => {
  expect(inheritedExecArgv('thread', ['--max-old-space-size=200', '--import', './hook.js'])).toBeUndefined();
});

test('W10: where it cannot, it gets by name what a thread may be given', () => {
  const caller = [
    '--input-type',
    'module',
    '--eval',
    'work()',
    '--max-old-space-size=200',
    '-r',
    './hook.cjs',
    '--env-file-if-exists',
    '.env',
    '--enable-source-maps',
    '--disable-warning',
    'DEP0040',
    '--no-experimental-require-module',
    '--trace-sigint',
  ];
  expect(inheritedExecArgv('thread', caller)).toEqual([
    ...['-r', './hook.cjs', '--enable-source-maps', '--disable-warning', 'DEP0040'],
    '--no-experimental-require-module',
  ]);
});
