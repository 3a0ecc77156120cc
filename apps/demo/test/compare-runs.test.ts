import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRestlessFolder, type RestlessFolder } from '../dist/files/restless-folder.js';
import { noBounds, walk } from '../dist/files/walk.js';
import { type Comparison, compareRuns, type Run } from '../dist/sections/real-work.js';
import { examineFile, type FileReport } from '../dist/tasks/examine-file.js';

let restless: RestlessFolder;
let inline: Run;
let paths: readonly string[];

beforeAll(async () => {
  restless = await makeRestlessFolder();
  paths = (await walk(restless.path, noBounds)).paths;
  await restless.disturb();
  inline = {
    name: 'inline',
    workers: 1,
    reports: paths.map(examineFile),
    began: Date.now() + 1000,
    seconds: 1,
    bytes: 1,
  };
});
afterAll(() => restless[Symbol.asyncDispose]());

const compare = (run: Partial<Run>, reference: Run = inline): Promise<Comparison> =>
  compareRuns(reference, { ...inline, name: 'other', ...run }, paths, restless);
const failedIn = ({ checks }: Comparison): string[] => checks.filter(({ held }) => !held).map(({ id }) => id);
const falsified = (report: FileReport): FileReport => (report.ok ? { ...report, lines: report.lines + 1 } : report);

it('holds for equal runs', async () => {
  expect(failedIn(await compare({}))).toEqual([]);
});

it('fails where a result is wrong, and names the field', async () => {
  const comparison = await compare({ reports: inline.reports.map(falsified) });
  expect(failedIn(comparison)).toEqual(['1.1']);
  expect(comparison).toMatchObject({
    changed: [],
    differences: [{ field: 'lines', expected: '2', seen: '3' }, { field: 'lines' }],
  });
});

it('fails where results are missing or out of order', async () => {
  expect(failedIn(await compare({ reports: inline.reports.slice(1) }))).toEqual(['1.1', '1.2', '1.3']);
  expect(failedIn(await compare({ reports: [...inline.reports].reverse() }))).toEqual(['1.2']);
});

it('fails in all where the run ended early', async () => {
  const comparison = await compare({ error: new Error('the pool is gone') });
  expect(failedIn(comparison)).toEqual(['1.1', '1.2', '1.3']);
  expect(comparison.checks[0]?.error).toContain('the pool is gone');
});

it('fails where the results differ and the files did not change', async () => {
  const comparison = await compare({}, { ...inline, reports: inline.reports.map(falsified) });
  expect(failedIn(comparison)).toEqual(['1.1']);
  expect(comparison.changed).toEqual([]);
});

it('holds for a file that changed between the runs, and names it', async () => {
  const before = { ...inline, began: 0, reports: inline.reports.map(falsified) };
  const comparison = await compare({}, before);
  expect(failedIn(comparison)).toEqual([]);
  expect(comparison.changed).toHaveLength(2);
});
