import type { ConformanceCase } from '../case.js';
import { burstEndCases } from './bursts-ends.js';
import { burstOrderCases } from './bursts-order.js';
import { cancelCases } from './cancel.js';
import { carrierCases } from './carriers.js';
import { defaultExecutorCases } from './default-executor.js';
import { errorCases } from './errors.js';
import { faultCases } from './faults.js';
import { handingOverCases } from './handing-over.js';
import { hardCornerCases } from './hard-corners.js';
import { hostileValueCases } from './hostile-values.js';
import { leftInSubmitCases } from './left-in-submit.js';
import { littleStackCases } from './little-stack.js';
import { mapCases } from './map.js';
import { measuredCases } from './measured.js';
import { observationCases } from './observation.js';
import { errorPropertyCases } from './properties-errors.js';
import { foundCases } from './properties-found.js';
import { valuePropertyCases } from './properties-values.js';
import { queueCases } from './queue.js';
import { queueRoomCases } from './queue-room.js';
import { seamCases } from './seams.js';
import { shutdownCases } from './shutdown.js';
import { streamCases } from './streams.js';
import { submitCases } from './submit.js';
import { valueCases } from './values.js';
import { workerCases } from './workers.js';

const all: readonly ConformanceCase[] = [
  ...submitCases,
  ...burstOrderCases,
  ...burstEndCases,
  ...valueCases,
  ...valuePropertyCases,
  ...errorCases,
  ...errorPropertyCases,
  ...foundCases,
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
  ...handingOverCases,
  ...leftInSubmitCases,
  ...hardCornerCases,
  ...hostileValueCases,
  ...littleStackCases,
  ...seamCases,
  ...faultCases,
  ...measuredCases,
];

/**
 * Every case of the contract.
 *
 * What is about threads or processes as such is about workers of the executor's own: over a pool that somebody else owns, it has none, and
 * says so by `isolation`.
 */
export const conformanceCases: readonly ConformanceCase[] = all.map((one) =>
  one.kinds === undefined || one.kinds.includes('inline') || one.unless !== undefined
    ? one
    : { ...one, requires: [...new Set([...(one.requires ?? []), 'isolation' as const])] },
);
