import type { ConformanceCase } from '../case.js';
import { argumentCases } from './submit-arguments.js';
import { contextCases } from './submit-context.js';
import { functionCases } from './submit-functions.js';
import { futureCases } from './submit-future.js';
import { moduleCases } from './submit-modules.js';
import { optionCases } from './submit-options.js';
import { orderCases } from './submit-order.js';
import { randomEndCases } from './submit-random-ends.js';
import { randomUseCases } from './submit-random-use.js';
import { settlingCases } from './submit-settling.js';
import { slotCases } from './submit-slots.js';
import { stateCases } from './submit-states.js';
import { viewCases } from './submit-views.js';

/** S: submitting, Futures, views and options. */
export const submitCases: readonly ConformanceCase[] = [
  ...futureCases,
  ...stateCases,
  ...settlingCases,
  ...randomEndCases,
  ...randomUseCases,
  ...orderCases,
  ...slotCases,
  ...contextCases,
  ...moduleCases,
  ...argumentCases,
  ...functionCases,
  ...viewCases,
  ...optionCases,
];
