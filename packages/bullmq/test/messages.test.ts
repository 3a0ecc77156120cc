// What a task says before its end, where the way of it is cut, held up, or loses something.
import { refusedReplies } from '@anypool/bullmq';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { startProxy } from './cut-connection.js';
import { hosting, tasks } from './hosting.js';
import { findRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('messages of a task', () => {
  const url = redis?.url ?? '';

  /** With the caller's reader of events held, and the events that have come in the meantime. */
  async function withHeldReader(
    queue: string,
    proxy: Awaited<ReturnType<typeof startProxy>>,
    body: (events: (count: number) => Promise<string[]>, client: Redis) => Promise<void>,
  ): Promise<void> {
    const client = new Redis(url);
    const messages = async () =>
      (await client.xrange(`bull:${queue}:events`, '-', '+'))
        .filter(([, fields]) => fields.includes('progress'))
        .map(([id]) => id);
    expect(proxy.hold('xread')).toBeGreaterThan(0);
    await body(async (count) => {
      while ((await messages()).length < count);
      return messages();
    }, client);
    client.disconnect();
  }

  test('S4: a stream goes on where its reader hears nothing any more', async () => {
    const { executor: open, host, queue } = hosting(url);
    const [proxy] = [await startProxy(url), await host()];
    const executor = open({ connection: proxy.url });
    const stream = executor.with({ highWaterMark: 2 }).stream(tasks.items, 10);
    const items = [(await stream.next()).value];
    await withHeldReader(queue, proxy, async () => {});
    for await (const item of stream) items.push(item);
    expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await executor.shutdown();
    await proxy.close();
  });

  test.each([
    ['all that were on their way', 0],
    ['one of them', 1],
  ])('S4: a stream rejects where items are gone: %s', async (_, kept) => {
    const { executor: open, host, queue } = hosting(url);
    const [proxy] = [await startProxy(url), await host()];
    const executor = open({ connection: proxy.url });
    const stream = executor.with({ highWaterMark: 4 }).stream(tasks.items, 100);
    const items = [(await stream.next()).value];
    await withHeldReader(queue, proxy, async (messages, client) => {
      const ids = await messages(4);
      if (kept === 0) await client.xtrim(`bull:${queue}:events`, 'MAXLEN', 0);
      else await client.xdel(`bull:${queue}:events`, ids.at(-2) ?? '');
    });
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
    await executor.shutdown();
    await proxy.close();
  });

  test.each([undefined, 'a secret'])('a report that is gone takes no other along (secret: %s)', async (secret) => {
    const { executor: open, host, queue } = hosting(url);
    const signed = secret === undefined ? {} : { secret };
    const [proxy] = [await startProxy(url), await host(signed)];
    const executor = open({ connection: proxy.url, ...signed });
    expect(await executor.submit(tasks.double, 1)).toBe(2);
    const reported: unknown[] = [];
    let ended: Promise<number> | undefined;
    await withHeldReader(queue, proxy, async (messages, client) => {
      ended = executor.submit(tasks.report, 3).onProgress((value) => reported.push(value));
      const [first = ''] = await messages(3);
      await client.xdel(`bull:${queue}:events`, first);
    });
    await proxy.cut();
    await proxy.mend();
    expect(await ended).toBe(3);
    expect(reported).toEqual([1, 2]);
    expect(refusedReplies(executor)).toBe(0);
    await executor.shutdown();
    await proxy.close();
  });
});
