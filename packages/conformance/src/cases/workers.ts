import type { ConformanceCase } from '../case.js';
import { workerCrashCases } from './workers-crash.js';
import { workerHookCases } from './workers-hooks.js';
import { workerIdleDeathCases } from './workers-idle-death.js';
import { workerKilledCases } from './workers-killed.js';
import { workerKindCases } from './workers-kinds.js';
import { workerLifetimeCases } from './workers-lifetime.js';
import { workerOrphanCases } from './workers-orphans.js';
import { workerOutputCases } from './workers-output.js';
import { workerLimitCases, workerRecyclingCases } from './workers-recycling.js';
import { workerStartCases } from './workers-start.js';
import { workerStartTimeoutCases } from './workers-start-timeout.js';
import { workerStopCases } from './workers-stop.js';
import { workerSurroundingsCases } from './workers-surroundings.js';

/** The rules W: workers, their starts, deaths and ends. */
export const workerCases: readonly ConformanceCase[] = [
  ...workerLifetimeCases,
  ...workerStopCases,
  ...workerCrashCases,
  ...workerKilledCases,
  ...workerIdleDeathCases,
  ...workerStartCases,
  ...workerStartTimeoutCases,
  ...workerHookCases,
  ...workerKindCases,
  ...workerSurroundingsCases,
  ...workerOutputCases,
  ...workerOrphanCases,
  ...workerRecyclingCases,
  ...workerLimitCases,
];
