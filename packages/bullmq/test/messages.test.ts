// What a task says before its end, where the way of it is cut, held up, or loses something.
import { refusedReplies } from '@anypool/bullmq';
import type { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { twoWays } from './cut-connection.js';
import { hosting, tasks } from './hosting.js';
import { findRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('messages of a task', () => {
  const url = redis?.url ?? '';

  /** The ids of a queue's messages, when there are so many. */
  async function messages(client: Redis, queue: string, count: number): Promise<string[]> {
    for (;;) {
      const events = await client.xrange(`bull:${queue}:events`, '-', '+');
      const ids = events.filter(([, fields]) => fields.includes('progress')).map(([id]) => id);
      if (ids.length >= count) return ids;
    }
  }

  test('S4: a stream goes on where its reader hears nothing any more', async () => {
    const { executor: open, host } = hosting(url);
    const [{ proxy }] = [await twoWays(url), await host()];
    const executor = open({ connection: proxy.url });
    const stream = executor.with({ highWaterMark: 2 }).stream(tasks.items, 10);
    const items = [(await stream.next()).value];
    expect(proxy.hold('xread')).toBeGreaterThan(0);
    for await (const item of stream) items.push(item);
    expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test.each([
    ['all that were on their way', 0],
    ['one of them', 1],
  ])('S4: a stream rejects where items are gone: %s', async (_, kept) => {
    const { executor: open, host, queue } = hosting(url);
    const [{ client, proxy }] = [await twoWays(url), await host()];
    const executor = open({ connection: proxy.url });
    const stream = executor.with({ highWaterMark: 4 }).stream(tasks.items, 100);
    const items = [(await stream.next()).value];
    expect(proxy.hold('xread')).toBeGreaterThan(0);
    const ids = await messages(client, queue, 4);
    if (kept === 0) await client.xtrim(`bull:${queue}:events`, 'MAXLEN', 0);
    else await client.xdel(`bull:${queue}:events`, ids.at(-2) ?? '');
    await proxy.cut();
    await proxy.mend();
    const rest = (async () => {
      for await (const item of stream) items.push(item);
    })();
    await expect(rest).rejects.toMatchObject({
      code: 'ERR_WORKER_CRASHED',
      cause: { message: expect.stringMatching(/some did not come/) },
    });
    expect(items).toEqual(items.map((_, place) => place));
    // The host is done with it.
    expect(await executor.submit(tasks.double, 1)).toBe(2);
  });

  test.each([undefined, 'a secret'])('a report that is gone takes no other along (secret: %s)', async (secret) => {
    const { executor: open, host, queue } = hosting(url);
    const signed = secret === undefined ? {} : { secret };
    const [{ client, proxy }] = [await twoWays(url), await host(signed)];
    const executor = open({ connection: proxy.url, ...signed });
    expect(await executor.submit(tasks.double, 1)).toBe(2);
    const reported: unknown[] = [];
    expect(proxy.hold('xread')).toBeGreaterThan(0);
    const ended = executor.submit(tasks.report, 3).onProgress((value) => reported.push(value));
    const [first = ''] = await messages(client, queue, 3);
    await client.xdel(`bull:${queue}:events`, first);
    await proxy.cut();
    await proxy.mend();
    expect(await ended).toBe(3);
    expect(reported).toEqual([1, 2]);
    expect(refusedReplies(executor)).toBe(0);
  });
});
