import { crunch } from '../tasks.js';

/** How many iterations of crunch() take a ms here: the best of several, when the code is optimised. */
export function iterationsPerMs(): number {
  const iterations = 1_000_000;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 40; i += 1) {
    const start = performance.now();
    crunch(iterations);
    best = Math.min(best, performance.now() - start);
  }
  return iterations / best;
}
