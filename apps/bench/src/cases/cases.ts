import { calls } from './calls.js';
import type { Case } from './case.js';
import { ends } from './ends.js';
import { load } from './load.js';
import { maps } from './map.js';
import { memory, start } from './start.js';
import { values } from './values.js';
import { workCases } from './work.js';

/** All that is measured with so many workers, in the order of the tables. */
export function casesFor(workers: number): readonly Case[] {
  return [...calls, ...maps, ...workCases(workers), ...values, ...load, ...ends, ...start, ...memory];
}
