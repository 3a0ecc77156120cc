import type { Comparison } from '../results/compare.js';
import type { CaseInfo, Failure, Figures } from '../results/figures.js';
import type { Verdict } from '../results/judge.js';
import type { Spread } from '../results/statistics.js';
import { aboutText, changesText, type Line, linesOf, shown, shownRatio, whatIsCompared } from './words.js';

/** The figures as Markdown, a table for each case. It can be read as it is. */
export function markdownReport(figures: Figures): string {
  return [
    `${aboutText(figures)} Medians of the rounds, and in brackets what the middle half of them is between; ratios are of the same round, and above 1 is better.`,
    ...figures.cases.map((info) => caseTable(figures, info)),
  ].join('\n\n');
}

function caseTable(figures: Figures, info: CaseInfo): string {
  const rows = linesOf(figures, info).map(({ label, spread, toRaw, toBare }: Line) => [
    label,
    `${shown(spread.median, info.unit)} (${shown(spread.low, info.unit)}–${shown(spread.high, info.unit)})`,
    ratioCell(toRaw),
    ratioCell(toBare),
  ]);
  const direction = info.better === 'more' ? 'more is better' : 'less is better';
  return `## ${info.group}: ${info.title}\n\n${info.about} \`${info.id}\`; ${direction}.\n\n${table(['', info.unit, 'to its raw library', 'to bare messages'], rows)}`;
}

function ratioCell(spread: Spread | undefined): string {
  return spread === undefined
    ? ''
    : `${shownRatio(spread.median)} (${shownRatio(spread.low)}–${shownRatio(spread.high)})`;
}

/** The targets, and whether they are met. */
export function targetTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ target, wanted, value, unit, verdict, of, case: id }) => [
    target,
    wanted,
    value === undefined
      ? ''
      : `${shownRatio(value.median)}${unit} (${shownRatio(value.low)}–${shownRatio(value.high)})`,
    verdict,
    `\`${id}\``,
    of,
  ]);
  return `## Targets\n\n${table(['target', 'wanted', 'measured', '', 'case', 'the worst, and the others'], rows)}`;
}

/** What an earlier run says against these figures. */
export function comparisonTable(comparisons: readonly Comparison[], { date }: Figures): string {
  const changed = comparisons.filter(({ change }) => change !== 'same');
  const rows = [...changed]
    .sort((a, b) => a.factor - b.factor)
    .map((one) => [
      one.change,
      one.case.id,
      one.contender,
      whatIsCompared(one),
      compared(one.before, one),
      compared(one.now, one),
      `× ${one.factor.toFixed(2)}`,
    ]);
  const head = `## Against ${date.slice(0, 16).replace('T', ' ')}\n\n${changesText(comparisons)}`;
  return rows.length === 0
    ? head
    : `${head}\n\n${table(['', 'case', 'executor', 'what', 'then', 'now', 'change'], rows)}`;
}

function compared({ median, low, high }: Spread, { reference, case: { unit } }: Comparison): string {
  const text = (value: number): string => (reference === undefined ? shown(value, unit) : shownRatio(value));
  return `${text(median)} (${text(low)}–${text(high)})`;
}

/** The turns that failed, if any. */
export function failureList(failures: readonly Failure[]): string {
  if (failures.length === 0) return '';
  return `## Failed\n\n${failures.map(({ case: id, contender, message }) => `- ${contender}, ${id}: ${message.split('\n')[0]}`).join('\n')}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => (row[i] ?? '').length)));
  // The last column may be long; nothing stands behind it.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => '-'.repeat(i === widths.length - 1 ? 3 : width));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
