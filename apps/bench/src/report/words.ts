import type { Unit } from '../cases/case.js';
import type { Comparison } from '../results/compare.js';
import type { CaseInfo, Figures, Result } from '../results/figures.js';
import { measured } from '../results/figures.js';
import { referenceOf, speeds } from '../results/speed.js';
import { type Spread, spreadOf } from '../results/statistics.js';

/** A figure as one reads it. */
export function shown(value: number, unit: Unit): string {
  if (unit === 'tasks/s' || unit === 'bytes' || value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A ratio as one reads it. */
export function shownRatio(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Who it is: the backend's name, and the way. */
export function labelOf({ backend, way }: Pick<Result, 'backend' | 'way'>): string {
  const words: Readonly<Record<string, string>> = { anypool: 'anypool', raw: 'raw', defaults: 'raw, its defaults' };
  return `${backend} ${words[way] ?? way.replaceAll('-', ' ')}`;
}

/** One line of a case's table. */
export interface Line {
  readonly result: Result;
  readonly label: string;
  readonly spread: Spread;
  /** To the raw library with the same settings, or to nothing. */
  readonly toRaw: Spread | undefined;
  /** To Node's own messages, pipelined. */
  readonly toBare: Spread | undefined;
}

/** What a case has: a line for each contender that gave a figure. */
export function linesOf(figures: Figures, info: CaseInfo): readonly Line[] {
  return figures.results
    .filter((result) => result.case === info.id)
    .flatMap((result) => {
      const spread = spreadOf(measured(result));
      if (spread === undefined) return [];
      const reference = referenceOf(figures, result);
      const bare = referenceOf(figures, { ...result, way: 'raw' });
      // A share of something is a ratio already.
      const isRatio = info.unit !== '%';
      const isRaw = isRatio && reference?.backend === result.backend && reference.way === 'raw';
      return [
        {
          result,
          label: labelOf(result),
          spread,
          toRaw: isRaw ? spreadOf(speeds(info, result, reference)) : undefined,
          toBare: bare === undefined || !isRatio ? undefined : spreadOf(speeds(info, result, bare)),
        },
      ];
    });
}

/** What the figures of a comparison are. */
export function whatIsCompared({ case: { unit }, reference }: Comparison): string {
  return reference === undefined ? unit : `to ${reference}`;
}

/** A comparison in one sentence. */
export function changesText(comparisons: readonly Comparison[]): string {
  const count = (change: string): number => comparisons.filter((one) => one.change === change).length;
  return `${comparisons.length} figures compared: ${count('worse')} worse, ${count('better')} better, ${count('same')} the same within the spread.`;
}

/** What a run was. */
export function aboutText({ date, machine, quick, rounds, workers }: Figures): string {
  const day = `${date.slice(0, 16).replace('T', ' ')} UTC`;
  const note = quick ? ' A quick run, of a tenth of each case: it shows that all works, and not how fast it is.' : '';
  return `Node ${machine.node}, ${machine.cpus} CPUs (${machine.cpu}), ${day}; ${workers} workers, up to ${rounds} rounds.${note}`;
}
