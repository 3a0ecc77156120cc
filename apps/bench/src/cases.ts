import type { Pool } from './pool.js';

/** Something that is measured. */
export interface Case {
  readonly name: string;
  /** How many of the rounds it takes part in: 1 all, 4 every fourth. */
  readonly every: number;
  /** Runs it once; gives how many tasks that were. */
  run(pool: Pool): Promise<number>;
}

/** ms that a round of tasks, one after the other, takes: short, so that whatever slows the machine down for a while slows every contender down. */
const sequence = 100;
const atOnce = 10_000;

/** What every pool is measured with. */
export const cases: readonly Case[] = [
  { name: 'no-op, one after the other', every: 1, run: (pool) => inSequence(() => pool.noop()) },
  { name: 'no-op, 10,000 at once', every: 1, run: (pool) => allAtOnce(() => pool.noop()) },
  { name: '1 ms, one after the other', every: 2, run: (pool) => inSequence(() => pool.spin(1)) },
  // A round of 5 seconds says as much as many short ones.
  { name: '1 ms, 10,000 at once', every: 8, run: (pool) => allAtOnce(() => pool.spin(1)) },
];

async function inSequence(call: () => PromiseLike<unknown>): Promise<number> {
  const end = performance.now() + sequence;
  let tasks = 0;
  for (; performance.now() < end; tasks += 1) await call();
  return tasks;
}

async function allAtOnce(call: () => PromiseLike<unknown>): Promise<number> {
  await Promise.all(Array.from({ length: atOnce }, call));
  return atOnce;
}
