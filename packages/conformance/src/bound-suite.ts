import { moduleUrl } from './adapter.js';
import type { ErrorReport } from './error-report.js';
import { createJob } from './jobs/job.js';
import type { CaseResult } from './run-case.js';
import { type ConformanceOptions, checkOptions, createConformanceSuite, planCases, type SuiteCase } from './suite.js';

/** A suite for a test runner. */
export interface BoundSuite {
  readonly cases: readonly SuiteCase[];
  /** To be called after the last case. */
  end(): Promise<void>;
}

/**
 * The suite as the bindings run it: in a process of its own, which may hang or die without harm to the test runner, and which is ended with
 * all that a case has left behind. Where executors are made by a function, which cannot be sent there, the cases run here.
 */
export async function boundSuite(options: ConformanceOptions): Promise<BoundSuite> {
  if (options.createExecutor !== undefined) return { cases: await createConformanceSuite(options), async end() {} };
  const { kinds, timeScale, ...plan } = checkOptions(options);
  const job = createJob(moduleUrl(options.module), timeScale);
  try {
    const offered = await job.offered(kinds);
    // It does one thing at a time, also where the runner runs tests side by side.
    let last: Promise<unknown> = Promise.resolve();
    const cases = planCases(offered, plan).flatMap((planned) => {
      const target = offered.find(({ kind }) => kind === planned.kind);
      if (target === undefined) return [];
      const run = (): Promise<CaseResult> => {
        const result = last.then(async (): Promise<CaseResult> => {
          const { error, status } = await job.run(planned.case, target);
          return status === 'passed' ? { status } : { status, error: error && thrown(error) };
        });
        last = result;
        return result;
      };
      return [{ ...planned, run }];
    });
    return { cases, end: () => job.end() };
  } catch (error) {
    await job.end();
    throw error;
  }
}

/** An error for a test runner to show; what was expected and seen are texts by now. */
function thrown({ name, message, stack, expected, actual }: ErrorReport): Error {
  const error = new Error(message);
  return Object.defineProperties(error, {
    name: { value: name, configurable: true, writable: true },
    stack: { value: stack ?? `${name}: ${message}`, configurable: true, writable: true },
    ...(expected === undefined ? {} : { expected: { value: expected, enumerable: true } }),
    ...(actual === undefined ? {} : { actual: { value: actual, enumerable: true } }),
  });
}
