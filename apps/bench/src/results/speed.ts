import { type CaseInfo, type Figures, type Result, resultOf } from './figures.js';
import { ratios } from './statistics.js';

/** How many times as good as the other's each of its figures is: above 1 is better, whatever is counted. */
export function speeds({ better }: CaseInfo, result: Result, other: Result): number[] {
  return better === 'more' ? ratios(result.figures, other.figures) : ratios(other.figures, result.figures);
}

/** What a result is held against: its own library with the same settings or, where it has none, Node's own messages. */
export function referenceOf(figures: Figures, { backend, case: id, contender, kind, way }: Result): Result | undefined {
  const own = way === 'anypool' || way === 'defaults' ? resultOf(figures, id, `${backend}/raw`) : undefined;
  const bare = resultOf(figures, id, `bare:${kind}/pipelined`) ?? resultOf(figures, id, `bare:${kind}/one-at-a-time`);
  const reference = own ?? bare;
  return reference?.contender === contender ? undefined : reference;
}
