import type { ConformanceCase } from '../case.js';
import { diagnosticsCases } from './diagnostics.js';
import { statisticsCases } from './statistics.js';

/** Rules O1 and O2: what can be seen of an executor. */
export const observationCases: readonly ConformanceCase[] = [...statisticsCases, ...diagnosticsCases];
