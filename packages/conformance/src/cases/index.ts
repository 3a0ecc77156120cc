import type { ConformanceCase } from '../case.js';
import { cancelCases } from './cancel.js';
import { defaultExecutorCases } from './default-executor.js';
import { errorCases } from './errors.js';
import { faultCases } from './faults.js';
import { hardCornerCases } from './hard-corners.js';
import { mapCases } from './map.js';
import { measuredCases } from './measured.js';
import { queueCases } from './queue.js';
import { shutdownCases } from './shutdown.js';
import { submitCases } from './submit.js';
import { valueCases } from './values.js';
import { workerCases } from './workers.js';

/** Every case of the contract. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...submitCases,
  ...valueCases,
  ...errorCases,
  ...cancelCases,
  ...workerCases,
  ...queueCases,
  ...mapCases,
  ...defaultExecutorCases,
  ...shutdownCases,
  ...hardCornerCases,
  ...faultCases,
  ...measuredCases,
];
