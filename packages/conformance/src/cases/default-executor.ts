import type { ConformanceCase } from '../case.js';
import { defaultNestingCases } from './default-nesting.js';
import { defaultSharingCases } from './default-sharing.js';
import { defaultShutdownCases } from './default-shutdown.js';
import { leaseCases } from './leases.js';
import { limitCases } from './limits.js';
import { starvationCases } from './starvation.js';

/** Rules D1 to D7: the default executor, and how it is shared. */
export const defaultExecutorCases: readonly ConformanceCase[] = [
  ...defaultSharingCases,
  ...defaultShutdownCases,
  ...defaultNestingCases,
  ...starvationCases,
  ...leaseCases,
  ...limitCases,
];
