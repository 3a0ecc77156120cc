import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import fc from 'fast-check';

import { defaultTimeScale } from '../time-scale.js';
import type { Difference } from './difference.js';

const runLimit = 3_000;
const wholeLimit = 12_000;

/**
 * Looks for a counterexample: something that `arbitrary` gives, of which `holds` gives a difference, or for which it throws. The smallest
 * that can be found is in the error, together with what is needed to find it again.
 *
 * The seed is another one each time, unless `ANYPOOL_SEED` says which.
 */
export async function checkProperty<T>(
  arbitrary: fc.Arbitrary<T>,
  runs: number,
  holds: (example: T) => Promise<Difference | undefined>,
): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (example) => {
    const found = await holds(example);
    if (found !== undefined) throw new DifferenceError(found);
  });
  const timeScale = defaultTimeScale();
  const { failed, counterexample, errorInstance, numRuns, numShrinks, seed } = await fc.check(property, {
    seed: chosenSeed(),
    numRuns: runs,
    // One that never comes back is a counterexample as well, and is told before the whole case counts as hanging.
    timeout: runLimit * timeScale,
    interruptAfterTimeLimit: wholeLimit * timeScale,
  });
  if (!failed) return;
  const found = errorInstance instanceof DifferenceError ? errorInstance.difference : undefined;
  throw new AssertionError({
    message: [
      errorInstance instanceof Error ? errorInstance.message : `It throws ${inspect(errorInstance)}.`,
      `Found at run ${numRuns}, made smaller ${numShrinks} times; ANYPOOL_SEED=${seed} finds it again:`,
      ...(counterexample ?? []).map((example) => fc.stringify(example)),
    ].join('\n'),
    ...(found && { actual: found.actual, expected: found.expected }),
    operator: 'same',
  });
}

class DifferenceError extends Error {
  override readonly name = 'DifferenceError';
  readonly difference: Difference;

  constructor(difference: Difference) {
    const { path, what, actual, expected } = difference;
    super(`Not the same at ${path}: ${what}. Expected ${shown(expected)}, got ${shown(actual)}.`);
    this.difference = difference;
  }
}

// In a sentence: without the frames of errors, and not for pages.
function shown(value: unknown): string {
  const text = inspect(value, { breakLength: Number.POSITIVE_INFINITY }).replaceAll(/\n\s+at .*/g, '');
  return text.length > 400 ? `${text.slice(0, 400)} ...` : text;
}

function chosenSeed(): number {
  const text = process.env['ANYPOOL_SEED'];
  if (text === undefined) return Math.floor(Math.random() * 2 ** 31);
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new RangeError(`ANYPOOL_SEED: expected an integer, got '${text}'.`);
  return seed;
}
