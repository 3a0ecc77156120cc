import { type CaseEnd, type Counts, count, countRules, type TargetReport } from './results.js';
import type { RuleGroup } from './rules.js';

/** A table as rows of text, before it is drawn. */
export interface Table {
  /** One for each column after the first. */
  readonly head: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  /** What of it a section is to begin with. */
  readonly kind: 'group' | 'rule' | 'total';
  readonly label: string;
  readonly cells: readonly string[];
}

/** How the rules of each section went, and in all. */
export function groupTable(groups: readonly RuleGroup[], reports: readonly TargetReport[]): Table {
  const rows = groups.flatMap((group): Row[] => {
    const label = `${group.id} ${group.title}`;
    const cells = reports.map(({ results }) => passedOf(results.filter(inGroup(group))));
    return cells.every((cell) => cell === '') ? [] : [{ kind: 'group', label, cells }];
  });
  return { head: headOf(reports), rows: [...rows, ...totals(reports)] };
}

/** How each rule went, under the line of its section. */
export function ruleTable(groups: readonly RuleGroup[], reports: readonly TargetReport[]): Table {
  const rows = groups.flatMap((group): Row[] => {
    const rules = group.rules.flatMap(({ id, text }): Row[] => {
      const ofRule = reports.map(({ results }) => results.filter(({ rule }) => rule === id));
      if (ofRule.every(({ length }) => length === 0)) return [];
      return [{ kind: 'rule', label: `${id} ${text}`, cells: ofRule.map(detailOf) }];
    });
    const cells = reports.map(({ results }) => passedOf(results.filter(inGroup(group))));
    return rules.length === 0 ? [] : [{ kind: 'group', label: `${group.id} ${group.title}`, cells }, ...rules];
  });
  return { head: headOf(reports), rows: [...rows, ...totals(reports)] };
}

function totals(reports: readonly TargetReport[]): Row[] {
  const row = (label: string, cell: (report: TargetReport) => number): Row => ({
    kind: 'total',
    label,
    cells: reports.map((report) => String(cell(report))),
  });
  const cases = (label: string, name: keyof Counts) => row(label, ({ results }) => count(results)[name]);
  const rows = [
    row('rules kept wholly', ({ results }) => countRules(results).kept),
    row('rules broken', ({ results }) => countRules(results).broken),
    row('rules not offered', ({ results }) => countRules(results)['not offered']),
    cases('cases passed', 'passed'),
    cases('cases failed', 'failed'),
    cases('hangs', 'hang'),
    cases('crashes of the caller', 'crash'),
    cases('executors that could not be ended', 'unended'),
    cases('cases not offered', 'notOffered'),
    cases('cases skipped', 'skipped'),
  ];
  const notRun = cases('cases not run', 'notRun');
  return notRun.cells.some((cell) => cell !== '0') ? [...rows, notRun] : rows;
}

const headOf = (reports: readonly TargetReport[]): string[] => reports.map(({ target }) => target);

const inGroup = ({ rules }: RuleGroup): ((end: CaseEnd) => boolean) => {
  const ids = new Set(rules.map(({ id }) => id));
  return ({ rule }) => ids.has(rule);
};

/** `3/5`: of five cases three passed. Empty if none ran. */
function passedOf(results: readonly CaseEnd[]): string {
  const { passed, total } = count(results);
  return total === 0 ? '' : `${passed}/${total}`;
}

/** `3/5 1h 1c`: of those that did not, one hung, and one ended the caller. `0/5 n`: what it takes is not offered. */
function detailOf(results: readonly CaseEnd[]): string {
  const { passed, total, hang, crash, notOffered } = count(results);
  if (total === 0) return '';
  const marks = [hang && `${hang}h`, crash && `${crash}c`, notOffered > 0 && notOffered === total - passed && 'n'];
  return [`${passed}/${total}`, ...marks.filter(Boolean)].join(' ');
}
