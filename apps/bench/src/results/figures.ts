import type { Case, Unit } from '../cases/case.js';
import type { Kind, Way } from '../pool.js';

/** What one contender gave in one case. */
export interface Result {
  readonly case: string;
  /** Such as `tinypool:thread/raw`: the backend and the way. */
  readonly contender: string;
  readonly backend: string;
  readonly kind: Kind;
  readonly way: Way;
  /** Of each round; null where it did not take part. */
  readonly figures: readonly (number | null)[];
}

/** A turn that gave no figure, and should have. */
export interface Failure {
  readonly case: string;
  readonly contender: string;
  readonly message: string;
}

/** What is known of a case without its code. */
export interface CaseInfo {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly about: string;
  readonly unit: Unit;
  readonly better: 'more' | 'less';
}

/** All that a run gave: what `--json` writes, and what `--compare` and `--from` read. */
export interface Figures {
  readonly format: 1;
  readonly date: string;
  readonly machine: { readonly node: string; readonly cpu: string; readonly cpus: number };
  readonly workers: number;
  readonly rounds: number;
  /** Whether it ran a part of each case only: such figures show that it works, and are no evidence. */
  readonly quick: boolean;
  readonly cases: readonly CaseInfo[];
  readonly results: readonly Result[];
  readonly failures: readonly Failure[];
}

/** What the file says of a case. */
export function infoOf({ id, title, group, about, unit, better }: Case): CaseInfo {
  return { id, title, group, about, unit, better };
}

/** The figures that are there. */
export function measured({ figures }: Result): number[] {
  return figures.filter((figure) => figure !== null);
}

/** What a contender gave in a case. */
export function resultOf({ results }: Figures, caseId: string, contender: string): Result | undefined {
  return results.find((one) => one.case === caseId && one.contender === contender);
}
