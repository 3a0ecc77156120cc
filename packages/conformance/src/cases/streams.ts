import type { ConformanceCase } from '../case.js';
import { streamEndCases } from './streams-ends.js';
import { streamFailureCases } from './streams-failures.js';
import { streamItemCases } from './streams-items.js';
import { streamLeavingCases } from './streams-leaving.js';

/** P2, P3: streams. */
export const streamCases: readonly ConformanceCase[] = [
  ...streamItemCases,
  ...streamLeavingCases,
  ...streamEndCases,
  ...streamFailureCases,
];
