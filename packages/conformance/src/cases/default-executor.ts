import type { ConformanceCase } from '../case.js';
import { defaultNestingCases } from './default-nesting.js';
import { defaultSharingCases } from './default-sharing.js';
import { defaultShutdownCases } from './default-shutdown.js';

/** Rules D1 to D4 and D7: the default executor. */
export const defaultExecutorCases: readonly ConformanceCase[] = [
  ...defaultSharingCases,
  ...defaultShutdownCases,
  ...defaultNestingCases,
];
