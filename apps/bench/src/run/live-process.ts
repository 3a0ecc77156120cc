// One contender in a process of its own: neither the garbage nor the optimised code of another one gets in its way. The parent says whose turn it is.
import type { Pool } from '../pool.js';
import { contenderOf, liveCaseOf } from './find.js';
import { type Answer, errorAnswer, type Turn } from './turn.js';

const [id = '', workersText = '', warmth = ''] = process.argv.slice(2);
const contender = contenderOf(id);
const workers = Number(workersText);
const pool = await contender.open(workers);
await warmUp(pool, Number(warmth));

/** One with another number of workers, for as long as it is asked for. */
let other: { readonly workers: number; readonly pool: Pool } | undefined;

process.on('message', (turn: Turn) => {
  void take(turn).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => void close());
process.send?.('ready');

async function take(turn: Turn): Promise<Answer> {
  try {
    const one = liveCaseOf(turn.case, workers);
    const wanted = one.workers ?? workers;
    return { figure: await one.measure(await poolWith(wanted), { ...turn, workers: wanted }) };
  } catch (error) {
    return errorAnswer(error);
  }
}

async function poolWith(wanted: number): Promise<Pool> {
  if (other !== undefined && other.workers !== wanted) {
    await other.pool.close();
    other = undefined;
  }
  if (wanted === workers) return pool;
  if (other === undefined) {
    other = { workers: wanted, pool: await contender.open(wanted) };
    await warmUp(other.pool, Number(warmth) / 10);
  }
  return other.pool;
}

// Long enough that every worker is up and the code of both sides is optimised.
async function warmUp({ noop, crunch }: Pool, ms: number): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; ) {
    await Promise.all(Array.from({ length: 200 }, noop));
    for (let i = 0; i < 100; i += 1) await noop();
  }
  await Promise.all(Array.from({ length: 50 }, () => crunch(100_000)));
}

// A pool that was stopped by force in a case may have lost count; the process need not wait for it.
async function close(): Promise<void> {
  setTimeout(() => process.exit(), 2000).unref();
  await Promise.all([pool.close(), other?.pool.close()]);
}
