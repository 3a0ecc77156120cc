import { type CaseInfo, type Figures, measured, type Result, resultOf } from './figures.js';
import { referenceOf, speeds } from './speed.js';
import { type Spread, spreadOf } from './statistics.js';

/** What became of a figure. */
export type Change = 'worse' | 'better' | 'same';

/** One figure of an executor, then and now. */
export interface Comparison {
  readonly case: CaseInfo;
  readonly contender: string;
  /** What the figures are ratios to, in both runs; undefined if they are the figures themselves. */
  readonly reference: string | undefined;
  readonly before: Spread;
  readonly now: Spread;
  /** 1 is the same, below is worse. */
  readonly factor: number;
  readonly change: Change;
}

/** A change of less than this is none, whatever the spread. */
const least = 0.1;
/** The same where there are too few rounds to know a spread. */
const leastUnspread = 0.25;

/**
 * Every executor's figures against those of an earlier run. Where there is a reference, ratios are compared: another day's machine is
 * another machine. Bytes and percentages are compared as they are.
 */
export function compareFigures(now: Figures, before: Figures): readonly Comparison[] {
  return now.results.flatMap((result) => {
    const info = now.cases.find(({ id }) => id === result.case);
    const earlier = resultOf(before, result.case, result.contender);
    if (info === undefined || earlier === undefined || result.way !== 'anypool') return [];
    return compared(info, now, result, before, earlier);
  });
}

function compared(
  info: CaseInfo,
  nowFigures: Figures,
  result: Result,
  beforeFigures: Figures,
  earlier: Result,
): readonly Comparison[] {
  const reference = info.unit === 'bytes' || info.unit === '%' ? undefined : referenceOf(nowFigures, result);
  const itsEarlier = reference && resultOf(beforeFigures, info.id, reference.contender);
  const isRatio = reference !== undefined && itsEarlier !== undefined;
  const now = spreadOf(isRatio ? speeds(info, result, reference) : measured(result));
  const before = spreadOf(isRatio ? speeds(info, earlier, itsEarlier) : measured(earlier));
  if (now === undefined || before === undefined) return [];
  const isMoreBetter = isRatio || info.better === 'more';
  const factor = isMoreBetter ? now.median / before.median : before.median / now.median;
  return [
    {
      case: info,
      contender: result.contender,
      reference: isRatio ? reference.contender : undefined,
      before,
      now,
      factor,
      change: isSame(now, before, factor) ? 'same' : factor < 1 ? 'worse' : 'better',
    },
  ];
}

// A change counts if it is three times what the two medians are uncertain by: of some hundred figures, hardly one gets there by chance.
function isSame(now: Spread, before: Spread, factor: number): boolean {
  const enough = Math.min(now.count, before.count) > 2 ? least : leastUnspread;
  const isSmall = Math.abs(factor - 1) < enough && Math.abs(1 / factor - 1) < enough;
  const uncertainty = Math.hypot(standardError(now), standardError(before));
  return !(Math.abs(now.median - before.median) > 3 * uncertainty) || isSmall;
}

/** That of the median, of figures that are spread as most are: the middle half of them is 1.35 standard deviations wide. */
function standardError({ low, high, count }: Spread): number {
  return (1.25 * (high - low)) / 1.35 / Math.sqrt(count);
}
