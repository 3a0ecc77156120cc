import type { Comparison } from '../results/compare.js';
import type { Figures } from '../results/figures.js';
export function htmlReport(
  figures: Figures,
  _comparisons: readonly Comparison[] | undefined,
  _before: Figures | undefined,
): string {
  return figures.date;
}
