// Results that have been delivered leave Redis, whatever it has just been through.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Delivered } from '../src/delivered.js';
import { startRedis } from './redis.js';

const redis = await startRedis('--maxmemory-policy', 'noeviction');
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('a result that was delivered', () => {
  let client: Redis;
  beforeAll(() => {
    client = new Redis(redis?.url ?? '');
  });
  afterAll(() => client.disconnect());

  /** One that has been delivered. */
  async function delivered(id: string): Promise<Delivered> {
    await client.hset(`bull:q:${id}`, 'returnvalue', '1');
    await client.zadd('bull:q:completed', 1, id);
    const delivered = new Delivered(client, (part) => `bull:q:${part}`);
    delivered.add(id);
    return delivered;
  }

  const left = async (id: string) => [await client.exists(`bull:q:${id}`), await client.zscore('bull:q:completed', id)];

  test('is removed from a Redis that is full', async () => {
    const result = await delivered('full');
    await client.config('SET', 'maxmemory', '1');
    await result.remove();
    await client.config('SET', 'maxmemory', '0');
    expect(await left('full')).toEqual([0, null]);
  });

  test('is removed later where it could not be at first', async () => {
    const result = await delivered('later');
    await client.call('ACL', 'SETUSER', 'default', '-unlink');
    await result.remove();
    await client.call('ACL', 'SETUSER', 'default', '+unlink');
    await result.remove();
    expect(await left('later')).toEqual([0, null]);
  });
});
