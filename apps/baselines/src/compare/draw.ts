import { stripVTControlCharacters } from 'node:util';
import type { Row, Table } from './table.js';

const labelWidth = 44;

/** The table for a terminal. The head of a column stands in as many lines as a target's name has parts. */
export function drawText({ head, rows }: Table): string {
  const parts = head.map((name) => name.split(/[/:]/));
  const widths = parts.map((own, i) =>
    Math.max(...[...own, ...rows.map((row) => row.cells[i] ?? '')].map(({ length }) => length)),
  );
  const line = (label: string, cells: readonly string[]): string =>
    [label.slice(0, labelWidth).padEnd(labelWidth), ...cells.map((cell, i) => cell.padStart(widths[i] ?? 0))]
      .join('  ')
      .trimEnd();
  const heads = [0, 1, 2].map((part) =>
    line(
      '',
      parts.map((own) => own[part] ?? ''),
    ),
  );
  const body = rows.flatMap((row, i) => [
    ...(startsSection(row, rows[i - 1]) ? [''] : []),
    line(row.kind === 'rule' ? `  ${stripVTControlCharacters(row.label).replaceAll('`', '')}` : row.label, row.cells),
  ]);
  return `${[...heads, ...body].join('\n')}\n`;
}

function startsSection(row: Row, before: Row | undefined): boolean {
  return before !== undefined && row.kind !== before.kind && row.kind !== 'rule';
}

/** The table in Markdown, padded as Markdown is formatted by hand. */
export function drawMarkdown({ head, rows }: Table): string {
  const lines = [
    ['', ...head.map((name) => name.replace(/[/:]/g, ' '))],
    ...rows.map(({ kind, label, cells }) => [markdownLabel(kind, label), ...cells.map((cell) => cell || '-')]),
  ];
  const widths = lines[0]?.map((_, i) => Math.max(3, ...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  const draw = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [first = [], ...others] = lines;
  return `${[draw(first), draw(rule), ...others.map(draw)].join('\n')}\n`;
}

function markdownLabel(kind: Row['kind'], label: string): string {
  const escaped = label.replaceAll('|', '\\|');
  return kind === 'rule' ? escaped.replace(/^\S+/, '**$&**') : escaped;
}
