import { conformanceCases } from '@anypool/conformance';
import { defaultCap } from './messages.js';
import type { CaseEnd, TargetReport } from './results.js';
import { type RunOptions, runTarget } from './run-target.js';
import type { Target } from './targets.js';

/**
 * Runs what hung once more, with the whole time of a case, and puts the end of that in its place. Cases that had as much before, as they
 * have longer caps than others, stay as they are.
 */
export async function confirmHangs(
  report: TargetReport,
  target: Target,
  options: Pick<RunOptions, 'jobs' | 'deadline' | 'onResult'>,
): Promise<TargetReport> {
  if (report.isConfirmed === true || report.timeScale >= 1) return report;
  const hung = new Set(report.results.filter(({ status }) => status === 'hang').map(({ id }) => id));
  const cases = conformanceCases.filter(
    ({ id, cap = defaultCap }) => hung.has(id) && cap * report.timeScale < defaultCap,
  );
  const again = await runTarget(target, { ...options, cases, rules: [], timeScale: 1 });
  const ends = new Map(again.filter(wasRun).map((end) => [end.id, end]));
  const isConfirmed = again.every(({ status }) => status !== 'not run');
  return { ...report, isConfirmed, results: report.results.map((end) => ends.get(end.id) ?? end) };
}

function wasRun({ status }: CaseEnd): boolean {
  return status !== 'not run' && status !== 'skipped';
}
