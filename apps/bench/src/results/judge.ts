import { withMedian } from './candidates.js';
import type { Figures } from './figures.js';
import { median, type Spread, spreadOf } from './statistics.js';
import { type Target, targets } from './targets.js';

/** One line of the table of targets. */
export interface Verdict {
  readonly target: string;
  /** Such as `at least 0.95`. */
  readonly wanted: string;
  /** The case that gives it. */
  readonly case: string;
  /** undefined if it was not measured. */
  readonly value: Spread | undefined;
  readonly unit: string;
  readonly verdict: 'pass' | 'gap' | 'not measured';
  /** Whose figure it is, and what else belongs to it. */
  readonly of: string;
}

/** The targets, each with what this run says of it. */
export function judge(figures: Figures): readonly Verdict[] {
  return targets.map((one) => verdictOf(figures, one));
}

function verdictOf(figures: Figures, { target, case: id, limit, unit = '', candidates, beside }: Target): Verdict {
  const isLeast = 'least' in limit;
  const known = candidates(figures).filter((candidate) => candidate.figures.length > 0);
  const [worst, ...others] = [...known].sort((a, b) => (median(a.figures) - median(b.figures)) * (isLeast ? 1 : -1));
  const value = spreadOf(worst?.figures ?? []);
  const isMet = value !== undefined && (isLeast ? value.median >= limit.least : value.median < limit.below);
  const named = [worst?.name ?? '', ...others.map(withMedian)].filter((text) => text !== '').join(', ');
  return {
    target,
    wanted: isLeast ? `at least ${limit.least}${unit}` : `below ${limit.below}${unit}`,
    case: id,
    value,
    unit,
    verdict: value === undefined ? 'not measured' : isMet ? 'pass' : 'gap',
    of: [named, ...(beside?.(figures) ?? [])].filter((text) => text !== '').join('; '),
  };
}
