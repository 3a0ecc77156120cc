import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../dist/options.js';
import { runDemo } from './run-demo.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anypool-demo-test-'));
  await writeFile(join(folder, 'file.txt'), 'text');
});
afterAll(() => rm(folder, { recursive: true }));

describe('readOptions', () => {
  it('takes every backend and the installed files where nothing is said', async () => {
    const options = await readOptions([]);
    expect(options?.targets).toEqual(expect.arrayContaining(['tinypool:thread', 'tinypool:process']));
    expect(options?.input).toMatch(/node_modules$/);
    expect(options).toMatchObject({ bounded: true, json: undefined });
  });

  it('takes backends by adapter and kind, by adapter alone, repeated and with commas, each once', async () => {
    const targets = async (...argv: string[]): Promise<unknown> => (await readOptions(argv))?.targets;
    expect(await targets('--backend', 'tinypool:process')).toEqual(['tinypool:process']);
    expect(await targets('--backend', 'tinypool')).toEqual(['tinypool:thread', 'tinypool:process']);
    expect(await targets('--backend=tinypool:process', '--backend', 'tinypool:thread,tinypool:process')).toEqual([
      'tinypool:process',
      'tinypool:thread',
    ]);
  });

  it('takes all files of a folder that is given', async () => {
    expect(await readOptions(['--input', folder])).toMatchObject({ input: folder, bounded: false });
  });

  it('wants nothing but the help with --help', async () => {
    expect(await readOptions(['--help'])).toBeUndefined();
  });
});

describe('the command line', () => {
  it('prints its help and exits with 0', async () => {
    const { exitCode, stdout, stderr } = await runDemo('--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('--backend');
  });

  it.each([
    ['an unknown option', () => ['--frobnicate'], '--frobnicate'],
    ['an argument that is no option', () => ['tinypool'], 'tinypool'],
    ['an option without its value', () => ['--input'], '--input'],
    ['an adapter that does not exist', () => ['--backend', 'hamsters'], "'hamsters'"],
    [
      'a kind that the adapter does not have',
      () => ['--backend', 'tinypool:fibre'],
      'tinypool:thread, tinypool:process',
    ],
    ['an empty backend', () => ['--backend', 'tinypool,'], "''"],
    ['a missing folder', () => ['--input', join(folder, 'absent')], 'absent'],
    ['a file where a folder is meant', () => ['--input', join(folder, 'file.txt')], 'file.txt'],
    ['a report into a missing folder', () => ['--json', join(folder, 'absent', 'report.json')], 'absent'],
    ['a report onto a folder', () => ['--json', folder], 'is a folder'],
  ])('answers %s with one line and exit code 2', async (_what, argv, mention) => {
    const { exitCode, stdout, stderr } = await runDemo(...argv());
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^demo: .+\n$/);
    expect(stderr).toContain(mention);
  });
});
