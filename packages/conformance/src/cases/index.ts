import type { ConformanceCase } from '../case.js';
import { cancelCases } from './cancel.js';
import { carrierCases } from './carriers.js';
import { defaultExecutorCases } from './default-executor.js';
import { errorCases } from './errors.js';
import { hardCornerCases } from './hard-corners.js';
import { mapCases } from './map.js';
import { observationCases } from './observation.js';
import { queueCases } from './queue.js';
import { queueRoomCases } from './queue-room.js';
import { seamCases } from './seams.js';
import { shutdownCases } from './shutdown.js';
import { streamCases } from './streams.js';
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
  ...queueRoomCases,
  ...mapCases,
  ...streamCases,
  ...defaultExecutorCases,
  ...shutdownCases,
  ...observationCases,
  ...carrierCases,
  ...hardCornerCases,
  ...seamCases,
];
