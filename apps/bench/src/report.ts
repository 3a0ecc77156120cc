import type { Result } from './measure.js';
import { median } from './statistics.js';

/** Below this, an adapter costs more than it may. */
export const leastRatio = 0.9;

const columns = ['case', 'anypool', 'raw', 'ratio', 'defaults', 'ratio'] as const;
const widths = [28, 10, 10, 7, 10, 7] as const;

/** The head of a match's table. */
export function tableHead(match: string, library: string): string {
  return `\n${match}   tasks/s; raw: ${library} by itself with the same settings, defaults: with its own\n${row(columns)}\n`;
}

/** A line of the table. */
export function tableRow({ case: name, rates, ratio }: Result): string {
  const rate = (figures: readonly number[]): string => Math.round(median(figures)).toLocaleString('en-US');
  const mark = ratio.raw < leastRatio ? `   below ${leastRatio}` : '';
  const cells = [
    name,
    rate(rates.anypool),
    rate(rates.raw),
    shown(ratio.raw),
    rate(rates.defaults),
    shown(ratio.defaults),
  ];
  return `${row(cells)}${mark}\n`;
}

/** The last line: what it comes to. */
export function summary(results: readonly Result[]): string {
  const below = results.filter(({ ratio }) => ratio.raw < leastRatio);
  const least = Math.min(...results.map(({ ratio }) => ratio.raw));
  const verdict = below.length === 0 ? 'none' : below.map((one) => `${one.match}, ${one.case}`).join('; ');
  return `\nLeast ratio to the raw library with the same settings: ${shown(least)}. Below ${leastRatio}: ${verdict}.\n`;
}

function shown(ratio: number): string {
  return ratio.toFixed(2);
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    .join('  ')
    .trimEnd();
}
