import type { ChunkResults } from '../backend-types.js';

/** What a worker says of a chunk, if it makes sense. Throws if it does not: what is missing then would never come. */
export function readResults(value: unknown): ChunkResults {
  const results = value as ChunkResults | null | undefined;
  if (typeof results !== 'object' || results === null || !Array.isArray(results.values))
    throw new Error('The worker gave no results of a chunk.');
  return results;
}
