import type { Executor, ExecutorOptions } from '@anypool/core';
import { loadAdapter, moduleUrl, type OfferedKind } from './adapter.js';
import { OptionError } from './bad-input.js';
import type { CaseContext, ConformanceCase } from './case.js';
import { conformanceCases } from './cases/index.js';
import { checkKnownGaps, gapOf, type KnownGap, readKnownGaps } from './known-gaps.js';
import { type CaseResult, runCase } from './run-case.js';
import { checkTimeScale, defaultTimeScale } from './time-scale.js';

/** What to test. */
export interface ConformanceOptions {
  /** The adapter's module URL, as from `import.meta.resolve('@anypool/tinypool')`. It exports `createExecutor`. */
  readonly module: string;
  /** The kinds of worker that it offers. For `'inline'`, which is no adapter's, the executors are core's own. */
  readonly kinds: readonly CaseContext['kind'][];
  /** Makes the executors under test, in place of the module's `createExecutor`. Scripts use the module's in any case. */
  readonly createExecutor?: ((options: ExecutorOptions) => Executor) | undefined;
  /** What is known to fail, or the URL of a JSON file that says so. It runs, and if it passes, that is a failure. */
  readonly knownGaps?: readonly KnownGap[] | URL | undefined;
  /** Only these cases: by their ids, or all of a rule by the rule's. Default: all. */
  readonly cases?: readonly string[] | undefined;
  /** Stretches every cap, for slow machines; at most 1000. Default: the environment variable `ANYPOOL_TIME_SCALE`, or 1. */
  readonly timeScale?: number | undefined;
}

/** A case for one kind of worker, and what is known of it before it runs. */
export interface PlannedCase {
  readonly case: ConformanceCase;
  readonly kind: CaseContext['kind'];
  /** Why the case does not apply, where a capability decides that; it is to be shown, not dropped. */
  readonly skip: string | undefined;
  /** What is known to fail here: see {@link ConformanceOptions.knownGaps}. */
  readonly gap: KnownGap | undefined;
}

/** A case for one kind of worker, ready to run. */
export interface SuiteCase extends PlannedCase {
  /** Runs it, whatever `skip` says. Never rejects. */
  run(): Promise<CaseResult>;
}

/**
 * The cases that apply to the kinds of an adapter, each ready to run, for a test runner to list.
 *
 * What an executor can do is read from one that is made here. Rejects with an {@link AdapterError} if the module cannot be imported or makes
 * no executor, and with an {@link OptionError} if gaps or cases are named that do not exist.
 */
export async function createConformanceSuite(options: ConformanceOptions): Promise<SuiteCase[]> {
  const { kinds, timeScale, ...plan } = checkOptions(options);
  const adapter = await loadAdapter({ ...options, module: moduleUrl(options.module) }, timeScale);
  const offered = await adapter.offered(kinds);
  const targets = new Map(offered.map((one) => [one.kind, adapter.target(one)]));
  return planCases(offered, plan).flatMap((planned) => {
    const target = targets.get(planned.kind);
    return target === undefined ? [] : [{ ...planned, run: () => runCase(planned.case, target, timeScale) }];
  });
}

/** The options about cases, looked through. */
export interface Plan {
  readonly gaps: readonly KnownGap[];
  readonly cases: readonly ConformanceCase[];
}

/** The options that are about cases, kinds and time, looked through. */
export interface CheckedOptions extends Plan {
  readonly timeScale: number;
  /** Each of them once. */
  readonly kinds: readonly CaseContext['kind'][] | undefined;
}

/** Looks through these options, and fills in what is not given. */
export function checkOptions({
  cases,
  kinds,
  knownGaps,
  timeScale,
}: Pick<ConformanceOptions, 'cases' | 'knownGaps' | 'timeScale'> &
  Partial<Pick<CheckedOptions, 'kinds'>>): CheckedOptions {
  for (const [name, list] of Object.entries({ cases, kinds }))
    if (list?.length === 0) throw new OptionError(`${name}: expected one at least, got none.`);
  return {
    kinds: kinds === undefined ? undefined : [...new Set(kinds)],
    gaps:
      knownGaps instanceof URL
        ? readKnownGaps(knownGaps, conformanceCases)
        : checkKnownGaps(knownGaps ?? [], conformanceCases),
    cases: cases === undefined ? conformanceCases : casesNamed(cases),
    timeScale: timeScale === undefined ? defaultTimeScale() : checkTimeScale(timeScale, 'timeScale'),
  };
}

/** The cases of a run, kind by kind, in the order of the suite. */
export function planCases(offered: readonly OfferedKind[], { cases, gaps }: Plan): PlannedCase[] {
  return offered.flatMap(({ kind, capabilities }) =>
    cases
      .filter(({ kinds }) => kinds?.includes(kind) ?? true)
      .map((testCase) => ({
        case: testCase,
        kind,
        skip: (kind === 'remote' ? testCase.local : undefined) ?? whyNot(testCase, capabilities),
        gap: gapOf(testCase, kind, gaps),
      })),
  );
}

function casesNamed(names: readonly string[]): ConformanceCase[] {
  const isNamed = (testCase: ConformanceCase, name: string) => testCase.id === name || testCase.rule === name;
  for (const name of names) {
    if (!conformanceCases.some((testCase) => isNamed(testCase, name)))
      throw new OptionError(`cases: there is no case and no rule '${name}'.`);
  }
  return conformanceCases.filter((testCase) => names.some((name) => isNamed(testCase, name)));
}

function whyNot(
  { requires = [], unless = [] }: ConformanceCase,
  capabilities: Executor['capabilities'],
): string | undefined {
  const missing = requires.filter((name) => !capabilities[name]);
  if (missing.length > 0) return `needs the capability ${missing.join(', ')}`;
  const present = unless.filter((name) => capabilities[name]);
  if (present.length > 0) return `only without the capability ${present.join(', ')}`;
  return undefined;
}
