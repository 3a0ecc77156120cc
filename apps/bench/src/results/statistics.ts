/** Some figures in short. */
export interface Spread {
  readonly median: number;
  /** A quarter of the figures is below it. */
  readonly low: number;
  /** A quarter of the figures is above it. */
  readonly high: number;
  readonly count: number;
}

/** The figures in short; undefined if there are none. */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = [...figures].sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75), count: sorted.length };
}

/** The middle of some figures, which a few odd ones do not move. NaN if there are none. */
export function median(figures: readonly number[]): number {
  return spreadOf(figures)?.median ?? Number.NaN;
}

function at(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Each figure over the one of the same round: what slowed both down is no difference between them. Rounds without both are left out. */
export function ratios(figures: readonly (number | null)[], others: readonly (number | null)[]): number[] {
  return figures.flatMap((figure, round) => {
    const other = others[round] ?? null;
    return figure === null || other === null ? [] : [figure / other];
  });
}
