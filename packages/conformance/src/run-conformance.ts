import { type AdapterSource, moduleUrl, type OfferedKind } from './adapter.js';
import { describeAdapter } from './adapter-report.js';
import { OptionError } from './bad-input.js';
import type { CaseContext } from './case.js';
import { conformanceCases } from './cases/index.js';
import { judgeGaps } from './gap-verdicts.js';
import { type CaseRunner, runnerHere } from './jobs/case-runner.js';
import { createJob } from './jobs/job.js';
import type { CaseEnd } from './jobs/job-messages.js';
import { gapText } from './known-gaps.js';
import type { CaseReport, ConformanceReport } from './report.js';
import { capOf } from './run-case.js';
import { type ConformanceOptions, checkOptions, type PlannedCase, planCases } from './suite.js';
import { suiteVersion } from './suite-version.js';

/** What to run, and how. */
export interface RunOptions extends Omit<ConformanceOptions, 'kinds'> {
  /** Default: thread and process, as far as the adapter offers them. */
  readonly kinds?: readonly CaseContext['kind'][] | undefined;
  /**
   * How many processes at most the cases run in side by side; those that compare times come last and run alone. Default 1. With
   * `createExecutor`, which cannot be sent to another process, all run in this one, one by one, and there are no jobs.
   */
  readonly jobs?: number | undefined;
  /** What reports call the adapter. Default: its package's name, or that of its file. */
  readonly name?: string | undefined;
  /** Breaks the run off: it rejects with the signal's reason when everything that it started is ended. */
  readonly signal?: AbortSignal | undefined;
  /** Called once, with the number of results that there will be. */
  readonly onStart?: ((total: number) => void) | undefined;
  /** Called with each result when it is known, which is not in the order of the report. */
  readonly onResult?: ((result: CaseReport) => void) | undefined;
}

/**
 * Runs the suite against an adapter and tells how it went, as plain data.
 *
 * A case that fails or hangs is a result like any other. Rejects with an {@link AdapterError} if there is nothing to test, and with an
 * {@link OptionError} if an option is wrong. It never hangs: each case has a cap, and a process that does not answer is ended. Only where
 * `createExecutor` is given, and the cases run in this process, code that blocks it blocks the run.
 */
export async function runConformance(options: RunOptions): Promise<ConformanceReport> {
  const { kinds, timeScale, ...plan } = checkOptions(options);
  const source = { createExecutor: options.createExecutor, module: moduleUrl(options.module) };
  const { signal } = options;
  signal?.throwIfAborted();
  const jobs = checkJobs(options.jobs ?? 1, 'jobs');
  if (jobs > 1 && source.createExecutor !== undefined)
    throw new OptionError('jobs: with createExecutor, cases cannot run in other processes.');
  const first = runnerFor(source, timeScale);
  const runners = [first];
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
  });
  aborted.catch(() => {}); // nobody may be waiting for it any more
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const offered = await Promise.race([first.offered(kinds), aborted]);
    const planned = planCases(offered, plan);
    options.onStart?.(planned.length);
    while (runners.length < Math.min(jobs, planned.length)) runners.push(runnerFor(source, timeScale));
    const results = await Promise.race([runAll(planned, offered, runners, options), aborted]);
    return {
      suite: suiteVersion,
      node: process.version,
      date: new Date().toISOString(),
      adapter: { ...describeAdapter(source.module), ...(options.name === undefined ? {} : { name: options.name }) },
      results,
    };
  } finally {
    signal?.removeEventListener('abort', abort);
    await Promise.all(runners.map((runner) => runner.end()));
  }
}

async function runAll(
  planned: readonly PlannedCase[],
  offered: readonly OfferedKind[],
  runners: readonly CaseRunner[],
  { onResult, signal }: RunOptions,
): Promise<CaseReport[]> {
  const results: CaseReport[] = [];
  const judge = judgeGaps(planned, conformanceCases, (index, result) => {
    results[index] = result;
    if (signal?.aborted !== true) onResult?.(result);
  });
  const entries = planned.map((entry, index) => ({ ...entry, index }));
  for (const { index, skip, ...entry } of entries)
    if (skip !== undefined) judge(index, { ...told(entry), status: 'skipped', ms: 0, reason: skip });

  async function drain(queue: Iterator<(typeof entries)[number]>, runner: CaseRunner): Promise<void> {
    for (let next = queue.next(); next.done !== true && signal?.aborted !== true; next = queue.next()) {
      const { index, ...entry } = next.value;
      const target = offered.find(({ kind }) => kind === entry.kind);
      if (target === undefined) throw new Error(`Kind ${entry.kind} is not offered.`);
      judge(index, reportOf(entry, await runner.run(entry.case, target)));
    }
  }

  const due = entries.filter(({ skip }) => skip === undefined);
  // What may take long is begun first, so that nothing waits for it at the end.
  const together = due
    .filter((entry) => entry.case.alone !== true)
    .sort((one, other) => capOf(other.case, other.kind) - capOf(one.case, one.kind))
    .values();
  await Promise.all(runners.map((runner) => drain(together, runner)));
  const alone = due.filter((entry) => entry.case.alone === true).values();
  await Promise.all(runners.slice(0, 1).map((runner) => drain(alone, runner)));
  return results;
}

function told({
  case: { id, rule, title },
  kind,
}: Pick<PlannedCase, 'case' | 'kind'>): Pick<CaseReport, 'id' | 'rule' | 'title' | 'kind'> {
  return { id, rule, title, kind };
}

function reportOf(entry: PlannedCase, { status, ms, error }: CaseEnd): CaseReport {
  const { gap } = entry;
  const given = { ...told(entry), ms, ...(error === undefined ? {} : { error }) };
  if (gap === undefined) return { ...given, status };
  const reason = gapText(gap);
  return { ...given, status: status === 'passed' ? 'unexpected pass' : 'known gap', reason };
}

function runnerFor(source: AdapterSource, timeScale: number): CaseRunner {
  return source.createExecutor === undefined ? createJob(source.module, timeScale) : runnerHere(source, timeScale);
}

/** A number of jobs, if it is one. `where` names what it was given as. */
export function checkJobs(jobs: number, where: string): number {
  if (Number.isInteger(jobs) && jobs >= 1) return jobs;
  throw new OptionError(`${where}: expected a whole number of at least 1, got ${jobs}.`);
}
