import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hosting, tasks } from './hosting.js';
import type { HostProcess } from './hosts.js';
import { findRedis, startRedis } from './redis.js';

/** ms of trouble. Time is no synchronisation here, it is what the test is about. */
const duration = Number(process.env['ANYPOOL_CHAOS_MS'] ?? 60_000);
const hostCount = 3;
const inFlight = 60;

const isThere = await findRedis().then(async (redis) => {
  await redis?.stop();
  const own = redis === undefined ? undefined : await startRedis();
  await own?.stop();
  return own !== undefined;
});

test.skipIf(!isThere)(
  'R3: hosts and Redis die at random, and each task ends once: done once, or lost and said so',
  { timeout: duration + 120_000 },
  async () => {
    const redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
    if (redis === undefined) throw new Error('There is no redis-server any more.');
    const { executor: open, host: start, traces } = hosting(redis.url);
    const log = traces();
    const options = { concurrency: 8, stallTime: 1000, executor: { kind: 'thread', maxWorkers: 8 } } as const;
    const hosts = new Set<HostProcess>(await Promise.all(Array.from({ length: hostCount }, () => start(options))));
    const executor = open({ maxWorkers: inFlight, callerTimeout: 60_000 });
    const until = performance.now() + duration;
    const outcomes = new Map<string, 'done' | 'lost'>();
    const troubles = { host: 0, redis: 0 };

    async function submitter(name: number): Promise<void> {
      for (let n = 0; performance.now() < until; n += 1) {
        const id = `${name}-${n}`;
        try {
          expect(await executor.submit(tasks.trace, log.file, id)).toBe(id);
          outcomes.set(id, 'done');
        } catch (error) {
          if (Object(error).code !== 'ERR_WORKER_CRASHED') throw error;
          outcomes.set(id, 'lost');
        }
      }
    }

    async function trouble(): Promise<void> {
      while (performance.now() < until) {
        await sleep(randomInt(200, 2000));
        if (randomInt(4) === 0) {
          troubles.redis += 1;
          await redis?.kill();
          await redis?.start();
          continue;
        }
        const [victim] = [...hosts].slice(randomInt(hosts.size));
        if (victim === undefined) continue;
        troubles.host += 1;
        hosts.delete(victim);
        await victim.kill();
        hosts.add(await start(options));
      }
    }

    await Promise.all([trouble(), ...Array.from({ length: inFlight }, (_, name) => submitter(name))]);
    await executor.shutdown();
    await Promise.all([...hosts].map(({ child }) => child.kill('SIGTERM') && once(child, 'exit')));

    const runs = new Map<string, number>();
    for (const id of readFileSync(log.file, 'utf8').trimEnd().split('\n')) runs.set(id, (runs.get(id) ?? 0) + 1);
    expect([...runs].filter(([, count]) => count > 1)).toEqual([]);
    const done = [...outcomes].filter(([, outcome]) => outcome === 'done').map(([id]) => id);
    expect(done.filter((id) => !runs.has(id))).toEqual([]);
    // Nothing ran that nobody heard of.
    expect([...runs.keys()].filter((id) => !outcomes.has(id))).toEqual([]);
    expect(done.length).toBeGreaterThan(0);
    expect(troubles.host + troubles.redis).toBeGreaterThan(0);
    console.log({ ...troubles, done: done.length, lost: outcomes.size - done.length });
    await redis.stop();
  },
);
