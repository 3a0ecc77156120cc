import type { CaseReport, ConformanceReport } from '../report.js';
import { isFailure } from '../report.js';
import { type Column, cellOf, columnsOf, groupsOf, resultsOf } from './columns.js';
import { plainReports } from './plain-text.js';

/**
 * The reports as a Markdown document: for each rule of the specification and each kind of each adapter how many cases passed, and what failed.
 */
export function markdownReport(given: readonly ConformanceReport[]): string {
  const reports = plainReports(given);
  const columns = escapedColumns(reports);
  return `${[
    ...about(reports),
    'A number is that of the cases that passed, all of which did where it stands alone. – means that the rule does not apply.',
    ruleTable(columns),
    ...failureList(columns),
  ].join('\n\n')}\n`;
}

/** The same in a table of one row for each chapter of the specification, for a README. */
export function markdownSummary(reports: readonly ConformanceReport[]): string {
  const columns = escapedColumns(plainReports(reports));
  const rows = groupsOf(columns).map((group) => [
    `${group.letter}: ${group.title}`,
    ...columns.map((column) => cellOf(resultsOf(column, group.rules))),
  ]);
  const all = ['all', ...columns.map(({ results }) => cellOf(results))];
  return table([['rules', ...columns.map(({ label }) => label)], ...rows, all]);
}

function escapedColumns(reports: readonly ConformanceReport[]): Column[] {
  return columnsOf(reports).map((column) => ({ ...column, label: escaped(column.label) }));
}

/** A text as Markdown that shows it, where HTML, code, emphasis and links would begin; the cells of a table see to the rest. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*<[]/g, '\\$&');
}

function about(reports: readonly ConformanceReport[]): string[] {
  const adapters = reports.map(({ adapter: { name, version } }) =>
    escaped(version === undefined ? name : `${name} ${version}`),
  );
  const [first] = reports;
  if (first === undefined) return [];
  return [`${adapters.join(', ')}; suite ${first.suite}, Node ${first.node}, ${first.date.slice(0, 10)}.`];
}

function ruleTable(columns: readonly Column[]): string {
  const rows = groupsOf(columns).flatMap((group) =>
    group.rules.map((rule) => [
      `**${rule.id}** ${rule.title}`,
      ...columns.map((column) => cellOf(resultsOf(column, [rule]))),
    ]),
  );
  return table([['rule', ...columns.map(({ label }) => label)], ...rows]);
}

function failureList(columns: readonly Column[]): string[] {
  const texts = columns.flatMap(({ label, results }) =>
    results.filter(isFailure).map((result) => failure(label, result)),
  );
  return texts.length === 0 ? [] : ['## Failures', ...texts];
}

function failure(label: string, { error, id, reason, status, title }: CaseReport): string {
  const compared =
    error?.expected === undefined ? [] : ['expected:', fenced(error.expected), 'seen:', fenced(error.actual ?? '')];
  return [
    `**${id}** on ${label}, ${status}: ${title}`,
    ...(status === 'unexpected pass' ? [`It is given as a known gap: ${escaped(reason ?? '')}`] : []),
    ...(error === undefined ? [] : [fenced(error.message)]),
    ...compared,
  ].join('\n\n');
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widths = (cells[0] ?? []).map((_, index) => Math.max(3, ...cells.map((row) => (row[index] ?? '').length)));
  const lines = cells.map((row) => `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}
