import { Redis } from 'ioredis';
import { table } from '../report/markdown.js';
import { ratios, type Spread, spreadOf } from '../results/statistics.js';
import { UsageError } from '../usage-error.js';
import { type Contender, concurrency, contenders, inFlight, openRemote, type RemotePool } from './pools.js';

/** How much is measured. */
export interface RemoteBenchOptions {
  readonly rounds: number;
  readonly quick: boolean;
}

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** Measures remote executors against raw BullMQ in one run, and gives the tables. Rejects with a {@link UsageError} where there is no Redis. */
export async function remoteBench(
  { rounds, quick }: RemoteBenchOptions,
  tell: (text: string) => void,
): Promise<string> {
  const share = quick ? 0.1 : 1;
  const redis = await connected();
  const sequential = new Figures();
  const atOnce = new Figures();
  const work = new Map<Contender, RedisWork>();
  for (let round = 0; round < rounds; round += 1) {
    // In turn, and each in a queue and hosts of its own: what slows one round down slows all of it down.
    for (const contender of contenders) {
      tell(`${contender}, round ${round + 1} of ${rounds}`);
      const pool = await openRemote(contender, url, 1);
      try {
        await manyOf(pool, 1000 * share);
        sequential.add(contender, await rateOf(500 * share, (count) => oneByOne(pool, count)));
        const before = await workOf(redis);
        atOnce.add(contender, await rateOf(5000 * share, (count) => manyOf(pool, count)));
        work.set(contender, each(before, await workOf(redis), 5000 * share));
      } finally {
        await pool.close();
      }
    }
  }
  const scaling: string[][] = [];
  for (const hosts of [1, 2, 3, 4]) {
    tell(`anypool, ${hosts} hosts`);
    const pool = await openRemote('anypool', url, hosts);
    try {
      await manyOf(pool, 1000 * share);
      const noops = await rateOf(5000 * share, (count) => manyOf(pool, count));
      const waits = await rateOf(1000 * hosts * share, (count) => manyOf(pool, count, 10));
      scaling.push([`${hosts}`, whole(noops), whole(waits)]);
    } finally {
      await pool.close();
    }
  }
  redis.disconnect();
  return [
    `One host that takes ${concurrency} tasks at once, up to ${inFlight} under way, ${rounds} rounds; medians, and in brackets what the middle half is between; ratios are of the same round.`,
    ratesTable('No-ops, one after the other', 'tasks/s', sequential),
    ratesTable('No-ops at once', 'tasks/s', atOnce),
    `## Hosts\n\nOur executor over more hosts, tasks/s; tasks that wait 10 ms take no CPU to speak of.\n\n${table(['hosts', 'no-ops', 'tasks that wait 10 ms'], scaling)}`,
    workTable(work),
  ].join('\n\n');
}

/** Figures of each contender, one for each round. */
class Figures {
  readonly #of = new Map<Contender, number[]>();

  add(contender: Contender, figure: number): void {
    this.#of.set(contender, [...this.of(contender), figure]);
  }

  of(contender: Contender): readonly number[] {
    return this.#of.get(contender) ?? [];
  }
}

function ratesTable(title: string, unit: string, figures: Figures): string {
  const labels: Readonly<Record<Contender, string>> = {
    anypool: 'anypool, tasks in threads of the host',
    raw: 'BullMQ with `waitUntilFinished`, processor on the host’s main thread',
    threads: 'the same, processor in threads, by a bare message there and back',
    sandboxed: 'the same, processor in child processes (BullMQ’s sandbox)',
  };
  const rows = contenders.map((contender) => [
    labels[contender],
    shown(spreadOf(figures.of(contender)), whole),
    contender === 'anypool'
      ? ''
      : shown(spreadOf(ratios(figures.of('anypool'), figures.of(contender))), (ratio) => ratio.toFixed(2)),
  ]);
  return `## ${title}\n\n${table(['', unit, 'anypool to it'], rows)}`;
}

function shown(spread: Spread | undefined, text: (figure: number) => string): string {
  return spread === undefined ? '' : `${text(spread.median)} (${text(spread.low)}–${text(spread.high)})`;
}

function whole(figure: number): string {
  return Math.round(figure).toLocaleString('en-US');
}

async function rateOf(count: number, run: (count: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  await run(count);
  return (count / (performance.now() - start)) * 1000;
}

async function oneByOne(pool: RemotePool, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await pool.run();
}

async function manyOf(pool: RemotePool, count: number, ms?: number): Promise<void> {
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await pool.run(ms);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

/** What Redis has done: commands, and microseconds of CPU. */
interface RedisWork {
  readonly commands: number;
  readonly microseconds: number;
}

/** Reads what Redis has done since it started: `commands` are those that clients sent, not those that scripts call. */
export function readRedisWork(commandStatistics: string, cpu: string): RedisWork {
  let commands = 0;
  for (const [, name = '', count = ''] of commandStatistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm))
    if (fromClients.has(name)) commands += Number(count);
  let seconds = 0;
  for (const [, used = ''] of cpu.matchAll(/^used_cpu_(?:user|sys):([\d.]+)/gm)) seconds += Number(used);
  return { commands, microseconds: seconds * 1e6 };
}

/** What BullMQ's clients send; all else runs inside of its scripts. */
const fromClients = new Set(['evalsha', 'eval', 'xread', 'bzpopmin', 'multi', 'exec', 'unlink', 'mget', 'xrevrange']);

async function workOf(redis: Redis): Promise<RedisWork> {
  return readRedisWork(await redis.info('commandstats'), await redis.info('cpu'));
}

function each(before: RedisWork, after: RedisWork, tasks: number): RedisWork {
  return {
    commands: (after.commands - before.commands) / tasks,
    microseconds: (after.microseconds - before.microseconds) / tasks,
  };
}

function workTable(work: ReadonlyMap<Contender, RedisWork>): string {
  const rows = [...work].map(([contender, { commands, microseconds }]) => [
    contender,
    commands.toFixed(1),
    microseconds.toFixed(0),
  ]);
  return `## What a task costs Redis\n\nOf the no-ops at once, in the last round.\n\n${table(['', 'commands', 'microseconds of CPU'], rows)}`;
}

async function connected(): Promise<Redis> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return redis;
  } catch {
    redis.disconnect();
    throw new UsageError('--backend bullmq needs Redis: set REDIS_URL, or start one on 127.0.0.1:6379');
  }
}
