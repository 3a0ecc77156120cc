/** The middle of some figures, which a few odd ones do not move. NaN if there are none. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Each figure over the one of the same round: what slowed both down is no difference between them. */
export function ratios(figures: readonly number[], others: readonly number[]): number[] {
  return figures.map((figure, round) => figure / (others[round] ?? Number.NaN));
}
