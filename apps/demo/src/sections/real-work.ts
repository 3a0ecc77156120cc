import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Executor, inlineExecutor, tasksFrom } from '@anypool/core';
import type { Target } from '../backends.js';
import { type CheckResult, judge } from '../checks/check.js';
import { within } from '../checks/within.js';
import { byPath, type Difference, differences, digestOf } from '../files/compare.js';
import type { RestlessFolder } from '../files/restless-folder.js';
import type { Progress } from '../screen/screen.js';
import { examineFile, type FileReport } from '../tasks/examine-file.js';

const tasks = tasksFrom<typeof import('../tasks/examine-file.js')>(
  new URL('../tasks/examine-file.js', import.meta.url),
);

/** How one executor did on all the files. */
export interface Run {
  readonly name: string;
  readonly workers: number;
  readonly reports: readonly FileReport[];
  /** When it began, in ms since 1970, as files' times are. */
  readonly began: number;
  readonly seconds: number;
  /** Bytes of the files that could be read. */
  readonly bytes: number;
  /** What ended the run before its end. */
  readonly error?: unknown;
}

/** Far more than the largest file that can be read needs: a run that gives nothing for so long has hung. */
const stall = 20 * 60_000;

/** Runs the task over the files on the caller's own thread: what the others are compared with, in results and in time. */
export async function runInline(paths: readonly string[], progress: Progress): Promise<Run> {
  await using executor = inlineExecutor({ maxWorkers: 1 });
  return await mapFiles('inline', executor, paths, progress);
}

/** Runs it on a target, on as many workers as there are usable CPUs, which are up before the clock starts. */
export async function runOn(target: Target, paths: readonly string[], progress: Progress): Promise<Run> {
  await using executor = target.createExecutor();
  await executor.warmUp();
  return await mapFiles(target.name, executor, paths, progress);
}

async function mapFiles(name: string, executor: Executor, paths: readonly string[], progress: Progress): Promise<Run> {
  const reports: FileReport[] = [];
  const outcome: { error?: unknown } = {};
  const [began, start] = [Date.now(), performance.now()];
  // Files differ in size a thousandfold: with only a few in flight, the workers would stand still behind each large one.
  const results = executor.map(tasks.examineFile, paths, { buffer: 32 * executor.maxWorkers });
  try {
    for (;;) {
      const next = await within(stall, results.next(), 'the next file');
      if (next.done === true) break;
      reports.push(next.value);
      progress.step();
    }
  } catch (error) {
    outcome.error = error;
    // What hangs would hang in a shutdown too.
    await executor.terminate();
  }
  progress.end();
  const seconds = (performance.now() - start) / 1000;
  const bytes = reports.reduce((sum, report) => sum + (report.ok ? report.bytes : 0), 0);
  return { name, workers: executor.maxWorkers, reports, began, seconds, bytes, ...outcome };
}

/** What became of a run in comparison. */
export interface Comparison {
  readonly checks: readonly CheckResult[];
  readonly differences: readonly Difference[];
  /** Files that somebody changed between the two runs: both reports were right. */
  readonly changed: readonly string[];
}

/** The titles of the checks of a run, by id. */
export const realWorkChecks: Readonly<Record<'1.1' | '1.2' | '1.3', string>> = {
  '1.1': 'the results are those of one thread, byte for byte',
  '1.2': 'they come in the order of the files',
  '1.3': 'a file that cannot be read ends nothing',
};

/** Judges a run by the inline one. */
export async function compareRuns(
  inline: Run,
  run: Run,
  paths: readonly string[],
  restless: RestlessFolder,
): Promise<Comparison> {
  const changed = changedFiles(inline, run);
  const stable = (reports: readonly FileReport[]): readonly FileReport[] =>
    reports.filter((report) => !changed.has(report.path));
  const [expected, seen] = [stable(inline.reports), stable(run.reports)];
  const found = differences(expected, seen);
  const check = (
    id: keyof typeof realWorkChecks,
    facts: Parameters<typeof judge>[2],
    look: () => Parameters<typeof judge>[2],
  ) =>
    judge({ id, title: realWorkChecks[id] }, run.name, facts, async () => {
      if (run.error !== undefined) throw run.error;
      return { facts: look() };
    });
  const checks = await Promise.all([
    check('1.1', { files: expected.length, digest: digestOf(expected), differences: 0 }, () => ({
      files: seen.length,
      digest: digestOf(seen),
      differences: found.length,
    })),
    check('1.2', { results: paths.length, inOrder: true }, () => ({
      results: run.reports.length,
      inOrder: paths.every((path, index) => run.reports[index]?.path === path),
    })),
    check('1.3', { ...restless.expected, unreadable: unreadable(expected) }, () => ({
      ...outcomes(run.reports, restless),
      unreadable: unreadable(seen),
    })),
  ]);
  return { checks, differences: found, changed: [...changed] };
}

/**
 * The files whose report differs because they changed since the inline run began: computed once more, here and now, they are as
 * the run saw them. What a backend got wrong is never among them.
 */
function changedFiles(inline: Run, run: Run): ReadonlySet<string> {
  const differing = new Set(differences(inline.reports, run.reports).map(({ path }) => path));
  const seen = byPath(run.reports);
  return new Set(
    [...differing].filter((path) => {
      const report = seen.get(path);
      return (
        report !== undefined &&
        changedSince(path, inline.began) &&
        differences([examineFile(path)], [report]).length === 0
      );
    }),
  );
}

/** A kernel that takes files' times from its last tick dates a change too early. */
const clockTick = 20;

function changedSince(path: string, time: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || found.ctimeMs >= time - clockTick;
}

function unreadable(reports: readonly FileReport[]): number {
  return reports.filter((report) => !report.ok).length;
}

/** What came of each file of the restless folder. */
function outcomes(reports: readonly FileReport[], restless: RestlessFolder): Readonly<Record<string, string>> {
  const found = byPath(reports);
  return Object.fromEntries(
    Object.keys(restless.expected).map((name) => {
      const report = found.get(join(restless.path, name));
      return [name, report === undefined ? 'no report' : report.ok ? 'read' : report.code];
    }),
  );
}
