import type { ConformanceCase } from '../case.js';
import { classCases } from './errors-classes.js';
import { codeCases } from './errors-codes.js';
import { fidelityCases } from './errors-fidelity.js';
import { keyCases } from './errors-keys.js';
import { moduleErrorCases } from './errors-modules.js';
import { thrownCases } from './errors-thrown.js';
import { unhandledCases } from './errors-unhandled.js';

/** E and O3: exceptions, and the errors of the executor itself. */
export const errorCases: readonly ConformanceCase[] = [
  ...fidelityCases,
  ...classCases,
  ...thrownCases,
  ...unhandledCases,
  ...moduleErrorCases,
  ...keyCases,
  ...codeCases,
];
