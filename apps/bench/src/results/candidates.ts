import type { Kind } from '../pool.js';
import { type Figures, measured, type Result, resultOf } from './figures.js';
import { speeds } from './speed.js';
import { median } from './statistics.js';

/** What a target may be judged by: a name, and its figures or ratios. */
export interface Candidate {
  readonly name: string;
  readonly figures: readonly number[];
}

/** The executors that a case was measured with. */
export function executors({ results }: Figures, caseId: string, kind: Kind = 'thread'): readonly Result[] {
  return results.filter((one) => one.case === caseId && one.way === 'anypool' && one.kind === kind);
}

/** The figures as they are. */
export function plain(result: Result): Candidate {
  return { name: result.backend, figures: measured(result) };
}

/** How many times as good one contender is as the other, if both were measured. */
export function ratio(figures: Figures, caseId: string, id: string, other: string): readonly Candidate[] {
  const info = figures.cases.find((one) => one.id === caseId);
  const own = resultOf(figures, caseId, id);
  const its = resultOf(figures, caseId, other);
  if (info === undefined || own === undefined || its === undefined) return [];
  const name = own.backend === its.backend ? own.backend : `${own.backend} to ${other}`;
  return [{ name, figures: speeds(info, own, its) }];
}

/** Each executor of a kind against its own library, used in one way. */
export function againstLibrary(
  figures: Figures,
  caseId: string,
  way: 'raw' | 'defaults',
  kind: Kind = 'thread',
): readonly Candidate[] {
  return executors(figures, caseId, kind).flatMap(({ contender, backend }) =>
    ratio(figures, caseId, contender, `${backend}/${way}`),
  );
}

/** The contender that is the best of the libraries by themselves; none if no library was measured. */
export function bestRaw({ results }: Figures, caseId: string, kind: Kind): string {
  const ofLibraries = results.filter(
    (one) => one.case === caseId && one.kind === kind && (one.way === 'raw' || one.way === 'defaults'),
  );
  const [best] = [...ofLibraries].sort((a, b) => median(measured(b)) - median(measured(a)));
  return best?.contender ?? '';
}

/** The times of a case, as so many times those of another. Their rounds are minutes apart: the other's median is taken. */
export function timesAsLong(figures: Figures, caseId: string, otherCase: string): readonly Candidate[] {
  return executors(figures, caseId).flatMap((result) => {
    const other = resultOf(figures, otherCase, result.contender);
    if (other === undefined) return [];
    const unit = median(measured(other));
    return [{ name: result.backend, figures: measured(result).map((figure) => figure / unit) }];
  });
}

/** Candidates as what is shown beside others; empty if there are none. */
export function besides(label: string, candidates: readonly Candidate[]): string {
  const known = candidates.filter(({ figures }) => figures.length > 0);
  return known.length === 0 ? '' : `${label}: ${known.map(withMedian).join(', ')}`;
}

/** A candidate in two words. */
export function withMedian({ name, figures }: Candidate): string {
  const value = median(figures);
  return `${name} ${value >= 100 ? Math.round(value) : value.toFixed(2)}`;
}
