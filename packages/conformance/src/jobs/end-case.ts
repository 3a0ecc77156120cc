import type { ConformanceCase } from '../case.js';
import type { Target } from '../context.js';
import { describeError } from '../error-report.js';
import { runCase } from '../run-case.js';
import type { CaseEnd } from './job-messages.js';

/** Runs a case and gives its end as plain data, with the time that it took. */
export async function endCase(
  testCase: ConformanceCase,
  target: Target,
  timeScale: number,
  signal: AbortSignal,
): Promise<CaseEnd> {
  const since = performance.now();
  const result = await runCase(testCase, target, timeScale, signal);
  const ms = Math.round(performance.now() - since);
  return result.status === 'passed'
    ? { status: 'passed', ms }
    : { status: result.status, ms, error: describeError(result.error) };
}
