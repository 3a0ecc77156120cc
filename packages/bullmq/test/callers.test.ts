// How a host knows whether a caller lives.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { Callers } from '../src/callers.js';
import { callerKey } from '../src/queue-keys.js';
import { findRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('a caller', () => {
  async function withCallers(body: (callers: Callers, client: Redis, queue: string) => Promise<void>): Promise<void> {
    const [client, queue] = [new Redis(redis?.url ?? ''), `test-${randomUUID()}`];
    const callers = new Callers(client, 'bull', queue);
    try {
      await body(callers, client, queue);
    } finally {
      callers.close();
      client.disconnect();
    }
  }

  test('that is gone is waited for once, and not for each task that it has left', () =>
    withCallers(async (callers) => {
      for (let n = 0; n < 1000; n += 1) expect(await callers.lives('dead')).toBe(false);
    }));

  test('that was gone and is there again lives', () =>
    withCallers(async (callers, client, queue) => {
      expect(await callers.lives('back')).toBe(false);
      await client.set(callerKey('bull', queue, 'back'), 1, 'PX', 60_000);
      expect(await callers.lives('back')).toBe(true);
    }));

  test('of which nothing is known keeps nobody waiting when the host is closed', () =>
    withCallers(async (callers, client) => {
      client.disconnect();
      const asked = callers.lives('unknown');
      callers.close();
      await expect(asked).rejects.toThrow(/closed before it knew/);
      await expect(callers.lives('late')).rejects.toThrow(/closed before it knew/);
    }));

  test('that is missed has the time that callers let pass between two signs of life', () =>
    withCallers(async (callers) => {
      const took = async (caller: string): Promise<number> => {
        const asked = performance.now();
        expect(await callers.lives(caller)).toBe(false);
        return performance.now() - asked;
      };
      // Whenever the regular looks come after the one that was asked for.
      const times: Promise<number>[] = [];
      for (let n = 0; n < 6; n += 1) {
        times.push(took(`dead ${n}`));
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      for (const time of await Promise.all(times)) expect(time).toBeGreaterThan(3000);
    }));
});
