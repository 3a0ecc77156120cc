import type { CaseReport, CaseStatus, ConformanceReport } from '../report.js';
import type { Rule } from '../rule.js';
import { rules } from '../rules.js';

/** One kind of one adapter: a column of every table. */
export interface Column {
  /** Such as `tinypool:thread`. */
  readonly label: string;
  readonly report: ConformanceReport;
  readonly results: readonly CaseReport[];
}

/** How many results there are of each status. */
export type Tally = Readonly<Record<CaseStatus, number>>;

/** Every status, the usual ones first. */
export const statuses: readonly CaseStatus[] = ['passed', 'failed', 'hang', 'unexpected pass', 'known gap', 'skipped'];

/** The columns of several reports, in their order. */
export function columnsOf(reports: readonly ConformanceReport[]): Column[] {
  return reports.flatMap((report) => {
    const kinds = [...new Set(report.results.map(({ kind }) => kind))];
    const name = report.adapter.name.replace(/^@anypool\//, '');
    return kinds.map((kind) => ({
      label: `${name}:${kind}`,
      report,
      results: report.results.filter((result) => result.kind === kind),
    }));
  });
}

export function tallyOf(results: readonly CaseReport[]): Tally {
  const count = (status: CaseStatus) => results.filter((result) => result.status === status).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    hang: count('hang'),
    'unexpected pass': count('unexpected pass'),
    'known gap': count('known gap'),
    skipped: count('skipped'),
  };
}

/** The results that make a run fail. */
export function failuresIn(tally: Tally): number {
  return tally.failed + tally.hang + tally['unexpected pass'];
}

/** A chapter of the specification with those of its rules that are in the reports. */
export interface RuleGroup {
  /** Its letter. */
  readonly letter: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** The rules that the columns have results of, by chapter. */
export function groupsOf(columns: readonly Column[]): RuleGroup[] {
  const tested = new Set(columns.flatMap(({ results }) => results.map(({ rule }) => rule)));
  const found = rules.filter(({ id }) => tested.has(id));
  const titles = new Map(found.map(({ group, id }) => [id.charAt(0), group]));
  return [...titles].map(([letter, title]) => ({
    letter,
    title,
    rules: found.filter(({ id }) => id.startsWith(letter)),
  }));
}

/** The results of some rules. */
export function resultsOf(column: Column, group: readonly Rule[]): CaseReport[] {
  return column.results.filter(({ rule }) => group.some(({ id }) => id === rule));
}

/** `12`, `10 of 12`, or what else is to be said of some results in a cell of a table. */
export function cellOf(results: readonly CaseReport[]): string {
  const tally = tallyOf(results);
  const ran = results.length - tally.skipped;
  if (ran === 0) return '–';
  const failed = failuresIn(tally);
  const gaps = tally['known gap'];
  const parts = [
    ...(failed > 0 ? [`${failed} of ${ran} failed`] : []),
    ...(gaps > 0 ? [`${gaps} of ${ran} known gap${gaps === 1 ? '' : 's'}`] : []),
  ];
  return parts.length === 0 ? String(ran) : parts.join(', ');
}
