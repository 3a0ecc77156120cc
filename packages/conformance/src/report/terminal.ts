import { type CaseReport, type ConformanceReport, isFailure } from '../report.js';
import { type Column, cellOf, columnsOf, failuresIn, groupsOf, resultsOf, statuses, tallyOf } from './columns.js';
import { plainReports } from './plain-text.js';

const slowestShown = 5;
/** Of a message, an expectation and the like, in a summary that is read in a window. */
const linesShown = 12;

/** The reports as a text for a terminal: counts by chapter, what failed and how, what took longest, and the sum. */
export function terminalSummary(given: readonly ConformanceReport[]): string {
  const reports = plainReports(given);
  const columns = columnsOf(reports);
  const sections = [
    heading(reports),
    counts(columns),
    ...gaps(columns),
    ...failures(columns),
    slowest(columns),
    sum(columns),
  ];
  return `${sections.join('\n\n')}\n`;
}

function heading(reports: readonly ConformanceReport[]): string {
  return reports
    .map(({ adapter: { name, version }, node, suite }) => {
      const adapter = version === undefined ? name : `${name} ${version}`;
      return `${adapter} (suite ${suite}, Node ${node})`;
    })
    .join('\n');
}

function counts(columns: readonly Column[]): string {
  const rows = [
    ['rules', ...columns.map(({ label }) => label)],
    ...groupsOf(columns).map((group) => [
      `${group.letter}  ${group.title}`,
      ...columns.map((column) => cellOf(resultsOf(column, group.rules))),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function gaps(columns: readonly Column[]): string[] {
  const lines = columns.flatMap(({ label, results }) =>
    results
      .filter(({ status }) => status === 'known gap')
      .map(({ id, reason }) => `  ${id} on ${label}: ${reason ?? ''}`),
  );
  return lines.length === 0 ? [] : [['Known gaps', ...lines].join('\n')];
}

function failures(columns: readonly Column[]): string[] {
  const texts = columns.flatMap(({ label, results }) =>
    results.filter(isFailure).map((result) => failure(label, result)),
  );
  return texts.length === 0 ? [] : ['Failures', ...texts];
}

function failure(label: string, { error, id, reason, status, title }: CaseReport): string {
  const about = [`  ${id} on ${label}: ${status}`, indented(title)];
  if (status === 'unexpected pass')
    return [...about, indented(`It is given as a known gap: ${reason ?? ''}`)].join('\n');
  if (error === undefined) return about.join('\n');
  const compared =
    error.expected === undefined
      ? []
      : [indented(`expected: ${cut(error.expected)}`), indented(`seen:     ${cut(error.actual ?? '')}`)];
  return [...about, indented(cut(`${error.name}: ${error.message}`)), ...compared].join('\n');
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

function cut(text: string): string {
  const lines = text.trim().split('\n');
  return lines.length <= linesShown ? lines.join('\n') : [...lines.slice(0, linesShown), '…'].join('\n');
}

function slowest(columns: readonly Column[]): string {
  const all = columns.flatMap(({ label, results }) => results.map((result) => ({ label, ...result })));
  const lines = all
    .sort((one, other) => other.ms - one.ms)
    .slice(0, slowestShown)
    .map(({ id, label, ms }) => `  ${(ms / 1000).toFixed(1).padStart(6)} s  ${id} on ${label}`);
  return ['Slowest', ...lines].join('\n');
}

function sum(columns: readonly Column[]): string {
  const tally = tallyOf(columns.flatMap(({ results }) => results));
  const parts = statuses
    .filter((status) => tally[status] > 0 || status === 'passed')
    .map((status) => `${tally[status]} ${status}`);
  return `${failuresIn(tally) === 0 ? 'Conforms' : 'Does not conform'}: ${parts.join(', ')}.`;
}
