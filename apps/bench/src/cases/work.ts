import type { Pool } from '../pool.js';
import { type Conditions, countOf, type LiveCase, plainWays, secondsOf } from './case.js';

/** ms that each worker is given to do, twice. */
const workload = 250;

/** Tasks of the CPU on 1 to so many workers. */
export function workCases(mostWorkers: number): readonly LiveCase[] {
  return [1, 10].flatMap((ms) => workerCounts(mostWorkers).map((workers) => workCase(ms, workers)));
}

/** 1, 2, 4, 8 and so on, and the last. */
function workerCounts(most: number): readonly number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(most)) }, (_, i) => 2 ** i);
  return [...powers, most];
}

function workCase(ms: number, workers: number): LiveCase {
  return {
    id: `work-${ms}ms-${workers}w`,
    title: `${ms} ms of CPU, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    about:
      'The time that the workers take if each is given all its work in one call, of the time that they take for the same work in many calls.',
    group: 'Work',
    unit: '%',
    better: 'more',
    every: 4,
    ways: plainWays,
    workers,
    measure: (pool, conditions) => efficiency(pool, conditions, ms),
  };
}

// What perfect is, is measured as well, in the same turn: how much two workers get done at a time is the machine's affair.
async function efficiency(pool: Pool, conditions: Conditions, ms: number): Promise<number> {
  const { workers, iterationsPerMs } = conditions;
  const each = countOf(workload / ms, conditions);
  const iterations = Math.round(iterationsPerMs * ms);
  const before = await perfect();
  const many = await secondsOf(() =>
    Promise.all(Array.from({ length: each * workers }, () => pool.crunch(iterations))),
  );
  const after = await perfect();
  return (100 * (before + after)) / 2 / many;

  async function perfect(): Promise<number> {
    let places: readonly unknown[] = [];
    const seconds = await secondsOf(async () => {
      places = await Promise.all(Array.from({ length: workers }, () => pool.crunchWhere(iterations * each)));
    });
    if (new Set(places).size !== workers)
      throw new Error(`${workers} long calls at once did not go to ${workers} workers, but to ${places.join(', ')}`);
    return seconds;
  }
}
