/**
 * How a case ended. `crash`: the process of the caller died, not that of a worker. `not offered`: it failed for something that the library
 * does not have. `skipped`: it is about a capability that the target does not claim. `not run`: the time was up.
 */
export type Status = 'passed' | 'failed' | 'hang' | 'crash' | 'not offered' | 'skipped' | 'not run';

/** What is kept of an error. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
}

/** How one case ended on one target. */
export interface CaseEnd {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly status: Status;
  readonly ms: number;
  /** Why it was skipped. */
  readonly reason?: string;
  readonly error?: ErrorText;
  /** It passed, but what it left behind could not be ended. */
  readonly isUnended?: true;
}

/** How all cases ended on one target. */
export interface TargetReport {
  /** As in {@link Target.name}. */
  readonly target: string;
  /** The library that does the work, with its version. */
  readonly library: { readonly name: string; readonly version: string };
  readonly node: string;
  /** ISO. */
  readonly date: string;
  /** What the caps of the cases were multiplied by. */
  readonly timeScale: number;
  /** What hung in less than its whole time was run once more, with all of it, and that is what counts. */
  readonly isConfirmed?: boolean;
  readonly results: readonly CaseEnd[];
}

/** How many cases ended how. */
export interface Counts {
  readonly passed: number;
  /** Those that ran, passed or not. */
  readonly total: number;
  readonly failed: number;
  readonly hang: number;
  readonly crash: number;
  readonly notOffered: number;
  readonly skipped: number;
  readonly notRun: number;
  /** Those that passed, but left an executor that could not be ended. */
  readonly unended: number;
}

export function count(results: readonly CaseEnd[]): Counts {
  const of = (status: Status) => results.filter((result) => result.status === status).length;
  const [skipped, notRun] = [of('skipped'), of('not run')];
  return {
    passed: of('passed'),
    total: results.length - skipped - notRun,
    failed: of('failed'),
    hang: of('hang'),
    crash: of('crash'),
    notOffered: of('not offered'),
    skipped,
    notRun,
    unended: results.filter(({ isUnended }) => isUnended === true).length,
  };
}

/** What became of a rule: `kept` by every case, `broken` by one, or not kept only where it needs what the library does not have. */
export type RuleEnd = 'kept' | 'broken' | 'not offered' | 'untested';

export function ruleEnd({ total, passed, notOffered }: Counts): RuleEnd {
  if (total === 0) return 'untested';
  if (passed === total) return 'kept';
  return passed + notOffered === total ? 'not offered' : 'broken';
}

/** How many rules ended how. */
export function countRules(results: readonly CaseEnd[]): Record<RuleEnd, number> {
  const ends: Record<RuleEnd, number> = { kept: 0, broken: 0, 'not offered': 0, untested: 0 };
  for (const ofRule of Map.groupBy(results, ({ rule }) => rule).values()) ends[ruleEnd(count(ofRule))] += 1;
  return ends;
}
