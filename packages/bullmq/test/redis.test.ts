// What tests leave in a Redis that is not theirs.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { findRedis, removeKeys } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)(
  redis === undefined
    ? 'THERE IS NO REDIS: removing keys is not tested. Set REDIS_URL.'
    : 'removing the keys of a queue',
  () => {
    test('takes all of them, whatever they begin with, and no others', async () => {
      const url = redis?.url ?? '';
      const [client, queue, other] = [new Redis(url), `test-${randomUUID()}`, `test-${randomUUID()}`];
      try {
        const keys = Array.from({ length: 3000 }, (_, n) => `bull:${queue}:${n}`);
        await client.mset([...keys, `mine:${queue}.control:meta`, `bull:${other}:meta`].flatMap((key) => [key, '1']));
        await removeKeys(url, queue);
        expect(await client.keys(`*${queue}*`)).toEqual([]);
        expect(await client.keys(`*${other}*`)).toEqual([`bull:${other}:meta`]);
        await removeKeys(url, other);
      } finally {
        client.disconnect();
      }
    });
  },
);

test('removing keys from a Redis that is gone is nothing to do', async () => {
  await removeKeys('redis://127.0.0.1:1', 'any');
});
