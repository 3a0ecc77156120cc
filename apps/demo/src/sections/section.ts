import type { Check } from '../checks/check.js';

/** Checks of one subject. They run row by row, each on every target. */
export interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}
