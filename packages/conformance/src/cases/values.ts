import type { ConformanceCase } from '../case.js';
import { cloneCases } from './values-clone.js';
import { memoryCases } from './values-memory.js';
import { movedCases } from './values-moved.js';
import { objectCases } from './values-objects.js';
import { refusedCases } from './values-refused.js';
import { resultCases } from './values-results.js';

/** V: values. */
export const valueCases: readonly ConformanceCase[] = [
  ...cloneCases,
  ...objectCases,
  ...refusedCases,
  ...resultCases,
  ...memoryCases,
  ...movedCases,
];
