import type { CaseContext, ConformanceCase } from './case.js';
import { conformanceCases } from './cases/index.js';
import { isWhole } from './gap-verdicts.js';
import { gapText } from './known-gaps.js';
import type { CaseResult } from './run-case.js';
import type { SuiteCase } from './suite.js';

/** A test, for a runner to list. */
export interface ListedTest {
  readonly name: string;
  /** Why it is not to run. */
  readonly skip?: string;
  /** Rejects where the test fails. */
  run(): Promise<void>;
}

/**
 * The tests that a suite is for one kind: one for each case, and one for each rule that is a known gap as a whole, after the cases, if all of
 * its cases were asked for: else nobody knows of the others.
 *
 * Written once for every test runner.
 */
export function testsOf(
  suite: readonly SuiteCase[],
  kind: CaseContext['kind'],
  all: readonly ConformanceCase[] = conformanceCases,
): ListedTest[] {
  const entries = suite.filter((entry) => entry.kind === kind);
  const ofRules = new Map<string, RuleGap>();
  const tests = entries.map((entry): ListedTest => {
    const { case: testCase, gap, run, skip } = entry;
    const name = `${testCase.id}: ${testCase.title}`;
    if (skip !== undefined) return { name, skip, run: () => Promise.resolve() };
    if (gap === undefined) {
      return {
        name,
        async run() {
          const result = await run();
          if (result.status !== 'passed') throw result.error;
        },
      };
    }
    const named = `${name} [known gap: ${gapText(gap)}]`;
    if (gap.case !== undefined) {
      return {
        name: named,
        async run() {
          if ((await run()).status === 'passed') throw new Error(`${testCase.id} passes: it is no gap any more.`);
        },
      };
    }
    const runOnce = once(run);
    if (isWhole(gap.rule, entry, suite, all)) {
      const ofRule = ofRules.get(gap.rule) ?? { text: gapText(gap), runs: [] };
      ofRules.set(gap.rule, ofRule);
      ofRule.runs.push(runOnce);
    }
    return {
      name: named,
      async run() {
        await runOnce();
      },
    };
  });
  return [...tests, ...[...ofRules].map(([rule, ofRule]) => ruleTest(rule, ofRule))];
}

function once<T>(run: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= run();
    return result;
  };
}

interface RuleGap {
  readonly text: string;
  readonly runs: (() => Promise<CaseResult>)[];
}

function ruleTest(rule: string, { runs, text }: RuleGap): ListedTest {
  return {
    name: `${rule}: a case of it fails still [known gap: ${text}]`,
    async run() {
      // Not left to the tests of the cases: a runner may shuffle tests, or pick some, and these would be waited for in vain.
      for (const run of runs) if ((await run()).status !== 'passed') return;
      throw new Error(`Every case of ${rule} passes: it is no gap any more.`);
    },
  };
}
