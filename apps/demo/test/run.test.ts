import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../dist/report.js';
import { type DemoEnd, runDemo } from './run-demo.js';

let folder: string;
let end: DemoEnd;
let report: Report;

// One run over a small folder; what is tested is what it printed and reported.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anypool-demo-test-'));
  const input = join(folder, 'input');
  await mkdir(join(input, 'inner'), { recursive: true });
  await writeFile(join(input, 'a.txt'), 'one\ntwo\nthree');
  await writeFile(join(input, 'empty'), '');
  await writeFile(join(input, 'inner', 'z.txt'), 'one\n');
  // Without blocks on the disk, and too large to be read in one piece, for root as well.
  await writeFile(join(input, 'huge.bin'), '');
  await truncate(join(input, 'huge.bin'), 3 * 1024 ** 3);
  const json = join(folder, 'report.json');
  end = await runDemo('--input', input, '--json', json);
  report = JSON.parse(await readFile(json, 'utf8'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

it('ends by itself with exit code 0 and prints no error', () => {
  expect({ exitCode: end.exitCode, stderr: end.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(end.stdout).toMatch(/\d+ checks held, 0 failed/);
});

it('prints plain lines into a pipe', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  expect(end.stdout).not.toMatch(/[\u001b\r]/);
  for (const title of ['1. Real work', '2. Exceptions', '3. Shutdown', '4. The default executor'])
    expect(end.stdout).toContain(title);
});

it('reports the files that cannot be read one by one, and works on the rest', () => {
  const codes = report.realWork.unreadable.map(({ path, code }) => [path.split(/[\\/]/).at(-1), code]);
  expect(codes).toEqual([
    ['huge.bin', 'ERR_FS_FILE_TOO_LARGE'],
    ['looping.txt', 'ELOOP'],
    ['inner.txt', 'ENOTDIR'],
    ['replaced.txt', 'EISDIR'],
    ['vanished.txt', 'ENOENT'],
  ]);
  for (const { path, code } of report.realWork.unreadable) expect(end.stdout).toMatch(new RegExp(`${code} +${path}`));
  for (const { files, unreadable } of report.realWork.throughput)
    expect({ files, unreadable }).toEqual({ files: 10, unreadable: 5 });
});

it('writes a report of versions, machine, throughput and every check', () => {
  expect(report).toMatchObject({
    versions: { node: process.version, '@anypool/core': expect.any(String), tinypool: expect.stringMatching(/^\d/) },
    machine: { usableCpus: expect.any(Number), defaultMaxWorkers: expect.any(Number) },
    targets: [
      'native:thread',
      'native:process',
      'tinypool:thread',
      'tinypool:process',
      'workerpool:thread',
      'workerpool:process',
      'threads:thread',
      'piscina:thread',
    ],
    realWork: { folder: join(folder, 'input'), files: 10, changed: [] },
    summary: { held: report.checks.length, failed: 0 },
  });
  expect(report.realWork.throughput.map(({ backend }) => backend)).toEqual(['inline', ...report.targets]);
  for (const check of report.checks) {
    expect(check).toMatchObject({
      id: expect.any(String),
      title: expect.any(String),
      held: true,
      milliseconds: expect.any(Number),
    });
    expect(check.seen).toEqual(check.expected);
  }
});

it('runs sections 1 to 3 on every backend and kind, and section 4 once', () => {
  const targetsOf = (id: string): string[] =>
    report.checks.filter((check) => check.id === id).map((check) => check.target);
  for (const id of ['1.1', '2.1', '3.1']) expect(targetsOf(id)).toEqual(report.targets);
  expect(targetsOf('4.1')).toEqual(['default executor']);
});
