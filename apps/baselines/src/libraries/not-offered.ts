import type { ExecutorOptions } from '@anypool/core';

/** The library has nothing for it, and a baseline does not build it. */
export class NotOfferedError extends Error {
  override readonly name = 'NotOfferedError';
  readonly code = 'ERR_NOT_OFFERED';
}

let count = 0;

/** How often something that is not offered was asked for in this process. */
export function refusals(): number {
  return count;
}

/** Takes the place of what a baseline does not have. */
export function notOffered(feature: string): never {
  count += 1;
  throw new NotOfferedError(`ERR_NOT_OFFERED: the library has no ${feature}.`);
}

// Values that ask a library for nothing.
const nothing: Readonly<Record<string, unknown>> = {
  starvationThreshold: Number.POSITIVE_INFINITY,
  maxQueue: Number.POSITIVE_INFINITY,
  maxTasksPerWorker: Number.POSITIVE_INFINITY,
  runTimeout: Number.POSITIVE_INFINITY,
  timeout: Number.POSITIVE_INFINITY,
  priority: 0,
  chunkSize: 1,
  ordered: true,
};

/**
 * Refuses each option that is given but not among those that the library has something for. `natural` has the values of others that the
 * library is known to keep by itself.
 */
export function checkOffered(
  options: object,
  offered: readonly string[],
  natural: Readonly<Record<string, unknown>> = {},
): void {
  const fine = { ...nothing, ...natural };
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || offered.includes(name) || fine[name] === value) continue;
    notOffered(`option ${name}`);
  }
}

/** The options that no library need know of. */
export const everybodys: readonly (keyof ExecutorOptions)[] = ['kind', 'name', 'maxWorkers'];
