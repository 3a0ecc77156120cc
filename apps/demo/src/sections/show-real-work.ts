import { readFile } from 'node:fs/promises';
import type { Target } from '../backends.js';
import type { CheckResult } from '../checks/check.js';
import { makeRestlessFolder } from '../files/restless-folder.js';
import { defaultBounds, noBounds, walk } from '../files/walk.js';
import type { DemoOptions } from '../options.js';
import { type RealWorkReport, throughputOf } from '../report.js';
import { checkTable, printFailures } from '../screen/check-table.js';
import type { Screen } from '../screen/screen.js';
import { throughputTable } from '../screen/throughput-table.js';
import type { FileReport, UnreadableFile } from '../tasks/examine-file.js';
import { type Comparison, compareRuns, realWorkChecks, runInline, runOn } from './real-work.js';

/** Section 1, from the walk to its table of checks. */
export async function showRealWork(
  options: DemoOptions,
  targets: readonly Target[],
  screen: Screen,
): Promise<{ readonly report: RealWorkReport; readonly checks: readonly CheckResult[] }> {
  screen.line(screen.bold('1. Real work: SHA-256, brotli size and lines of every file'));
  await using restless = await makeRestlessFolder();
  const found = await walk(options.input, options.bounded ? defaultBounds : noBounds);
  const paths = [...found.paths, ...(await walk(restless.path, noBounds)).paths];
  await restless.disturb();
  // Read once before any clock runs: the first backend would otherwise pay for the disk, and the others for nothing.
  for (const path of paths) await readFile(path).catch(() => undefined);
  const count = found.paths.length.toLocaleString('en-US');
  screen.line(`${count} files of ${options.input},`);
  screen.line(`and ${paths.length - found.paths.length} of a folder whose files change between the walk and the work`);
  screen.line();

  const table = throughputTable(screen, ['inline', ...options.targets]);
  const inline = await runInline(paths, screen.progress('inline', paths.length));
  const throughput = [throughputOf(inline, inline)];
  for (const each of throughput) table.add(each);
  if (inline.error !== undefined) throw inline.error;

  const comparisons = new Map<string, Comparison>();
  for (const target of targets) {
    const run = await runOn(target, paths, screen.progress(target.name, paths.length));
    const figures = throughputOf(run, inline);
    throughput.push(figures);
    table.add(figures);
    comparisons.set(target.name, await compareRuns(inline, run, paths, restless));
  }
  screen.line(
    screen.faint('speed-up: against the inline executor, which does the same work on the one thread of its caller'),
  );

  const unreadable = [...found.unreadable, ...inline.reports.filter(isUnreadable)];
  printUnreadable(screen, unreadable);
  const changed = [...new Set([...comparisons.values()].flatMap((comparison) => comparison.changed))];
  for (const path of changed) screen.line(`changed while the demo ran: ${path}`);

  screen.line();
  const checks = [...comparisons.values()].flatMap((comparison) => comparison.checks);
  const titles = Object.entries(realWorkChecks).map(([id, title]) => ({ id, title }));
  const checkRows = checkTable(screen, titles, options.targets);
  for (const { id } of titles) checkRows.add(checks.filter((check) => check.id === id));
  printFailures(screen, checks);
  printDifferences(screen, comparisons);

  const differing = [...comparisons].map(([name, comparison]) => [name, comparison.differences] as const);
  const report = {
    folder: options.input,
    files: paths.length,
    throughput,
    unreadable,
    differences: Object.fromEntries(differing),
    changed,
  };
  return { report, checks };
}

function isUnreadable(report: FileReport): report is UnreadableFile {
  return !report.ok;
}

function printUnreadable(screen: Screen, files: readonly UnreadableFile[]): void {
  screen.line();
  screen.line(`Could not be read (${files.length}):`);
  for (const { path, code, message } of files) screen.line(`  ${code.padEnd(10)} ${path}  ${screen.faint(message)}`);
}

/** A broken backend can differ in every file; the first ones show how. */
const differencesShown = 10;

function printDifferences(screen: Screen, comparisons: ReadonlyMap<string, Comparison>): void {
  for (const [name, { differences }] of comparisons) {
    for (const { path, field, expected, seen } of differences.slice(0, differencesShown)) {
      screen.line(`  ${name}  ${path}  ${field}: expected ${expected}, seen ${seen}`);
    }
    if (differences.length > differencesShown)
      screen.line(`  ${name}  and ${differences.length - differencesShown} more`);
  }
}
