import type { ConformanceCase } from '../case.js';
import { mapChunkAutoCases } from './map-chunk-auto.js';
import { mapChunkEndCases } from './map-chunk-ends.js';
import { mapChunkFailureCases } from './map-chunk-failures.js';
import { mapChunkPutBackCases } from './map-chunk-put-back.js';
import { mapChunkCases } from './map-chunks.js';
import { mapFailureCases } from './map-failures.js';
import { mapLeavingCases } from './map-leaving.js';
import { mapOrderCases } from './map-order.js';
import { progressCases } from './progress.js';
import { waitCases } from './wait.js';

/** Rules M1 to M6, and P1: maps, several Futures at once, progress. */
export const mapCases: readonly ConformanceCase[] = [
  ...mapOrderCases,
  ...mapFailureCases,
  ...mapLeavingCases,
  ...mapChunkCases,
  ...mapChunkFailureCases,
  ...mapChunkEndCases,
  ...mapChunkAutoCases,
  ...mapChunkPutBackCases,
  ...waitCases,
  ...progressCases,
];
