import type { CaseInfo, Figures } from '../results/figures.js';
import { escaped } from './escaped.js';
import { type Line, linesOf, shown } from './words.js';

const width = 900;
const labelWidth = 220;
const valueWidth = 100;
const rowHeight = 22;
const barHeight = 12;
const gap = 10;

// In the plot and not in the page, so that a plot by itself looks the same.
const style = `
.plot { --ink: #23221f; --soft: #6d6a63; --line: #e5e2dc; --anypool: #34618e; --raw: #c2bdb3; --bare: #8fae98; font: 13px ui-sans-serif, system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  .plot { --ink: #e3e1dc; --soft: #9b9a95; --line: #34363a; --anypool: #8db4dd; --raw: #55575b; --bare: #55795f; }
}
.plot text { fill: var(--ink); } .plot .value { font-variant-numeric: tabular-nums; } .plot .tick { fill: var(--soft); font-size: 11px; }
.plot .grid { stroke: var(--line); } .plot .spread { stroke: var(--ink); stroke-width: 1.5; opacity: .65; }
.plot .anypool { fill: var(--anypool); } .plot .raw, .plot .defaults { fill: var(--raw); } .plot .bare { fill: var(--bare); }
.plot .defaults { opacity: .55; }`;

/** How far along something is, from 0 to 1. */
interface Scale {
  readonly isLogarithmic: boolean;
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** A case as an SVG: a bar for each contender, its spread across it. Figures too far apart for bars are points on a logarithmic scale. */
export function plotOf(figures: Figures, info: CaseInfo): string {
  const lines = linesOf(figures, info);
  const scale = scaleOf(lines);
  const bottom = topOf(lines, lines.length);
  const height = bottom + 24;
  const direction = info.better === 'more' ? 'more is better' : 'less is better';
  return `<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`${info.title}, ${info.unit}; ${direction}`)}">
<style>${style}
</style>
${scale.ticks.map((tick) => tickMark(tick, scale, info, bottom)).join('\n')}
${lines.map((line, i) => row(line, topOf(lines, i), scale, info)).join('\n')}
<text class="tick" x="0" y="${bottom + 16}">${info.unit}${scale.isLogarithmic ? ', logarithmic' : ''}; ${direction}</text>
</svg>`;
}

// Threads and processes are set apart.
function topOf(lines: readonly Line[], index: number): number {
  const first = lines.findIndex(({ result }) => result.kind === 'process');
  return index * rowHeight + (first > 0 && index >= first ? gap : 0);
}

function row({ label, result, spread }: Line, top: number, { isLogarithmic, place }: Scale, info: CaseInfo): string {
  const middle = top + rowHeight / 2;
  const x = xOf(place(spread.median));
  const look = result.backend.startsWith('bare:') ? 'bare' : result.way;
  const mark = isLogarithmic
    ? `<circle class="${look}" cx="${x}" cy="${middle}" r="6"/>`
    : `<rect class="${look}" x="${labelWidth}" y="${middle - barHeight / 2}" width="${round(x - labelWidth)}" height="${barHeight}" rx="2"/>`;
  const ends = [xOf(place(spread.low)), xOf(place(spread.high))];
  return `<text x="0" y="${middle + 4}">${escaped(label)}</text>${mark}<line class="spread" x1="${ends[0]}" x2="${ends[1]}" y1="${middle}" y2="${middle}"/><text class="value" x="${width}" y="${middle + 4}" text-anchor="end">${shown(spread.median, info.unit)}</text>`;
}

function tickMark(tick: number, { place }: Scale, { unit }: CaseInfo, bottom: number): string {
  const x = xOf(place(tick));
  const text = tick === 0 ? '0' : Number.isInteger(tick) ? tick.toLocaleString('en-US') : shown(tick, unit);
  return `<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${bottom}"/><text class="tick" x="${x}" y="${bottom + 16}" text-anchor="middle">${text}</text>`;
}

function scaleOf(lines: readonly Line[]): Scale {
  const all = lines.flatMap(({ spread }) => [spread.low, spread.median, spread.high]).filter((value) => value > 0);
  const most = Math.max(...all);
  const least = Math.min(...lines.map(({ spread }) => spread.median));
  if (most / least <= 25) {
    const step = niceStep(most / 4);
    const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
    return { isLogarithmic: false, ticks, place: (value) => value / most };
  }
  const from = Math.floor(Math.log10(Math.min(...all)));
  const to = Math.max(from + 1, Math.log10(most));
  const ticks = Array.from({ length: Math.floor(to) - from + 1 }, (_, i) => 10 ** (from + i));
  return { isLogarithmic: true, ticks, place: (value) => (Math.log10(value) - from) / (to - from) };
}

/** 1, 2 or 5 times a power of ten, and not less than that. */
function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5].find((factor) => factor * power >= atLeast) ?? 10);
}

function xOf(share: number): number {
  return round(labelWidth + Math.min(1, Math.max(0, share)) * (width - labelWidth - valueWidth));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
