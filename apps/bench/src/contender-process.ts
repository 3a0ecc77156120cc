// One contender in a process of its own: neither the garbage nor the optimised code of another one gets in its way. The parent says whose turn it is.
import { cases } from './cases.js';
import { matches } from './matches.js';
import type { Pool, Way } from './pool.js';

/** What the parent asks for, and what it gets. */
export interface Turn {
  readonly case: string;
}
export interface TurnResult {
  readonly tasks: number;
  readonly ms: number;
}

/** ms. */
const warmth = 3000;

const [name = '', way = '', workers = ''] = process.argv.slice(2);
const match = matches.find((one) => one.name === name);
if (match === undefined) throw new RangeError(`there is no ${name}`);
const pool = await match.open(way as Way, Number(workers));
await warmUp(pool);
process.on('message', (turn: Turn) => {
  void take(turn).then((result) => process.send?.(result));
});
process.on('disconnect', () => void pool.close());
process.send?.('ready');

async function take(turn: Turn): Promise<TurnResult> {
  const chosen = cases.find((one) => one.name === turn.case);
  if (chosen === undefined) throw new RangeError(`there is no case ${turn.case}`);
  const start = performance.now();
  const tasks = await chosen.run(pool);
  return { tasks, ms: performance.now() - start };
}

// Long enough that every worker is up and the code of both sides is optimised.
async function warmUp({ noop, spin }: Pool): Promise<void> {
  for (const end = performance.now() + warmth; performance.now() < end; ) {
    await Promise.all(Array.from({ length: 200 }, noop));
    for (let i = 0; i < 100; i += 1) await noop();
  }
  await Promise.all(Array.from({ length: 50 }, () => spin(1)));
}
