import type { ConformanceCase } from './case.js';
import type { CaseReport } from './report.js';
import type { PlannedCase } from './suite.js';

/**
 * Settles what a known gap of a whole rule makes of its cases, and passes all results on.
 *
 * Some case of the rule must fail; which of them is not said. So a case that passes is an unexpected pass only if all of the rule's do, and
 * it is held back until that is known. Where only some of them were asked for, nobody knows, and it has just passed.
 */
export function judgeGaps(
  planned: readonly PlannedCase[],
  all: readonly ConformanceCase[],
  pass: (index: number, result: CaseReport) => void,
): (index: number, result: CaseReport) => void {
  const groups = new Map<string, Group>();
  for (const [index, entry] of planned.entries()) {
    const { gap, kind } = entry;
    if (gap === undefined || gap.case !== undefined || entry.skip !== undefined) continue;
    const key = `${gap.rule} ${kind}`;
    const group = groups.get(key) ?? {
      open: new Set(),
      held: new Map(),
      hasFailed: !isWhole(gap.rule, entry, planned, all),
    };
    groups.set(key, group);
    group.open.add(index);
  }

  return (index, result) => {
    const group = [...groups.values()].find(({ open }) => open.has(index));
    if (group === undefined) return pass(index, result);
    group.open.delete(index);
    if (result.status === 'unexpected pass') {
      group.held.set(index, result);
    } else {
      group.hasFailed = true;
      pass(index, result);
    }
    if (group.open.size > 0) return;
    for (const [place, held] of group.held) pass(place, group.hasFailed ? { ...held, status: 'passed' } : held);
  };
}

interface Group {
  /** The places of the cases that have not ended. */
  readonly open: Set<number>;
  /** Those that passed. */
  readonly held: Map<number, CaseReport>;
  hasFailed: boolean;
}

/** Whether all cases of a rule are planned for the kind of one of them. */
export function isWhole(
  rule: string,
  { kind }: PlannedCase,
  planned: readonly PlannedCase[],
  all: readonly ConformanceCase[],
): boolean {
  const here = planned.filter((entry) => entry.kind === kind && entry.case.rule === rule);
  return here.length === all.filter((one) => one.rule === rule && (one.kinds?.includes(kind) ?? true)).length;
}
