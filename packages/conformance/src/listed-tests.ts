import type { CaseContext } from './case.js';
import { gapText } from './known-gaps.js';
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
 * The tests that a suite is for one kind: one for each case, and one for each rule that is a known gap as a whole, after the cases.
 *
 * Written once for every test runner.
 */
export function testsOf(suite: readonly SuiteCase[], kind: CaseContext['kind']): ListedTest[] {
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
    const ofRule = ofRules.get(gap.rule) ?? { text: gapText(gap), cases: 0, passed: 0 };
    ofRules.set(gap.rule, ofRule);
    ofRule.cases += 1;
    return {
      name: named,
      async run() {
        if ((await run()).status === 'passed') ofRule.passed += 1;
      },
    };
  });
  return [...tests, ...[...ofRules].map(([rule, ofRule]) => ruleTest(rule, ofRule))];
}

interface RuleGap {
  readonly text: string;
  cases: number;
  passed: number;
}

function ruleTest(rule: string, ofRule: RuleGap): ListedTest {
  return {
    name: `${rule}: a case of it fails still [known gap: ${ofRule.text}]`,
    async run() {
      // Where a runner has picked some of the cases, nobody knows of the others.
      if (ofRule.passed === ofRule.cases) throw new Error(`Every case of ${rule} passes: it is no gap any more.`);
    },
  };
}
