import type { CaseContext } from './case.js';
import type { ErrorReport } from './error-report.js';

/** The results of one run of the suite against one adapter: plain data, to be kept as JSON and shown by the report functions. */
export interface ConformanceReport {
  /** The version of `@anypool/conformance`. */
  readonly suite: string;
  /** The version of Node, such as `v24.21.0`. */
  readonly node: string;
  /** When the run ended, in ISO 8601. */
  readonly date: string;
  readonly adapter: AdapterReport;
  /** Kind by kind, in the order of the suite. */
  readonly results: readonly CaseReport[];
}

/** Which adapter a report is about. */
export interface AdapterReport {
  /** The adapter's module URL. */
  readonly module: string;
  /** The package's name, where the module is its main entry; else that of the file. */
  readonly name: string;
  readonly version?: string;
}

/**
 * How a case ended. `failed`, `hang` and `unexpected pass` are failures of the run. A `known gap` failed as expected, and a case that is
 * `skipped` does not apply.
 */
export type CaseStatus = 'passed' | 'failed' | 'hang' | 'skipped' | 'known gap' | 'unexpected pass';

/** The result of one case for one kind of worker. */
export interface CaseReport {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly kind: CaseContext['kind'];
  readonly status: CaseStatus;
  readonly ms: number;
  /** Why it was skipped, or what is known of the gap. */
  readonly reason?: string;
  /** What a case that did not pass threw. */
  readonly error?: ErrorReport;
}

const failures: readonly CaseStatus[] = ['failed', 'hang', 'unexpected pass'];

/** Whether a result makes the run fail. */
export function isFailure({ status }: Pick<CaseReport, 'status'>): boolean {
  return failures.includes(status);
}
