import type { ConformanceCase } from '../case.js';
import { cancelByForceCases } from './cancel-by-force.js';
import { cancelBySignalCases } from './cancel-by-signal.js';
import { cancelQueuedCases } from './cancel-queued.js';
import { cancelRunningCases } from './cancel-running.js';
import { cancelSignalListenerCases } from './cancel-signal-listeners.js';
import { cancelSlotCases } from './cancel-slot.js';
import { timeLimitCases } from './time-limits.js';

/** Rules C1 to C7: cancellation and time limits. */
export const cancelCases: readonly ConformanceCase[] = [
  ...cancelQueuedCases,
  ...cancelRunningCases,
  ...cancelSlotCases,
  ...cancelByForceCases,
  ...cancelBySignalCases,
  ...cancelSignalListenerCases,
  ...timeLimitCases,
];
