import type { ConformanceCase } from '../case.js';
import { processLifeCases } from './process-life.js';
import { scopeCases } from './scopes.js';
import { shutdownCallCases } from './shutdown-calls.js';
import { shutdownDrainCases } from './shutdown-drain.js';
import { signalCases } from './shutdown-on-signal.js';
import { shutdownTimeoutCases } from './shutdown-timeout.js';
import { terminateCases } from './terminate.js';

/** Rules X1 to X8: shutdown, signals, and the life of the process. */
export const shutdownCases: readonly ConformanceCase[] = [
  ...shutdownDrainCases,
  ...shutdownTimeoutCases,
  ...terminateCases,
  ...shutdownCallCases,
  ...scopeCases,
  ...processLifeCases,
  ...signalCases,
];
