import type { ConformanceCase } from '../case.js';
import { faultMatrixCases } from './faults-matrix.js';
import { singleFaultCases } from './faults-single.js';

/** What must not leave a Future pending, a slot lost or a worker behind, whenever it comes. */
export const faultCases: readonly ConformanceCase[] = [...faultMatrixCases, ...singleFaultCases];
