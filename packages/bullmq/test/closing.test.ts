// What `close()` of a host takes, in a process with it.
import { createWorkerHost } from '@anypool/bullmq';
import { inlineExecutor } from '@anypool/core';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { twoWays } from './cut-connection.js';
import { hosting, tasks } from './hosting.js';
import { findRedis, startRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());
const own = redis === undefined ? undefined : await startRedis();
afterAll(() => own?.stop());

describe.skipIf(redis === undefined)('a host that is closed', () => {
  const url = redis?.url ?? '';

  test('lets tasks end for any time that is no time at all for a timer', async () => {
    const { executor, hostHere, traces } = hosting(url);
    const [host, log] = [hostHere(), traces()];
    await host.ready();
    const running = executor().submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const warnings: string[] = [];
    const warned = ({ name }: Error) => void warnings.push(name);
    process.on('warning', warned);
    const closed = [host.close({ timeout: 2 ** 31 }), host.close({ timeout: 1e300 }), host.close()];
    log.open();
    expect(await running).toBe('running');
    await Promise.all(closed);
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  test('cancels them by the shortest of several times', async () => {
    const { executor, hostHere, traces } = hosting(url);
    const [host, log] = [hostHere(), traces()];
    await host.ready();
    const running = executor().submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const ends = [host.close(), host.close({ timeout: 1e6 }), host.close({ timeout: 1 })];
    expect(await running).toBe('cancelled');
    await Promise.all(ends);
  });

  test('waits for a result that takes its time on the way', async () => {
    const { executor, hostHere } = hosting(url);
    const { proxy } = await twoWays(url);
    const host = hostHere({ connection: proxy.url });
    await host.ready();
    proxy.limit(2 ** 18);
    const result = executor().submit(tasks.text, 2 ** 20);
    while (proxy.limited() === 0) await new Promise(setImmediate);
    let isClosed = false;
    const closed = host.close().then(() => {
      isClosed = true;
    });
    // For longer than what would be too long without Redis.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(isClosed).toBe(false);
    proxy.limit();
    expect(await result).toHaveLength(2 ** 20);
    await closed;
  });

  test('waits for arguments that take their time on the way', async () => {
    const { executor, hostHere, queue, traces } = hosting(url);
    const [log, { client, proxy }] = [traces(), await twoWays(url)];
    const host = hostHere({ connection: proxy.url });
    await host.ready();
    // For longer than what would be too long without Redis.
    proxy.slow(10_000);
    const result = executor().submit(tasks.trace, log.file, 'x'.repeat(2 ** 20));
    while ((await client.llen(`bull:${queue}:active`)) === 0);
    const closed = host.close();
    expect(await result).toHaveLength(2 ** 20);
    await closed;
  });

  test.skipIf(own === undefined)('does not wait for a Redis that is there and does not answer', async () => {
    const connection = own?.url ?? '';
    // Nobody gets at the keys of that one any more.
    const { executor: open, hostHere, traces } = hosting(url);
    const [host, executor, log] = [hostHere({ connection }), open({ connection }), traces()];
    await host.ready();
    const settled = Promise.allSettled([executor.submit(tasks.waitFor, log.latch, log.file, 'running')]);
    await log.until(1);
    const client = new Redis(connection);
    await client.client('PAUSE', 600_000, 'ALL');
    client.disconnect();
    log.open();
    await log.until(2);
    await host.close();
    await executor.terminate();
    await settled;
    await own?.kill();
  });

  test('before it takes tasks is never announced', async () => {
    const { queue } = hosting(url);
    // Whenever in its start that is.
    for (let turns = 0; turns < 30; turns += 1) {
      const host = createWorkerHost({ connection: url, queue, tasks: ['node:zlib'], executor: inlineExecutor() });
      const ready = host.ready().catch((error: Error) => error.message);
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      await host.close();
      // One that was ready before it is closed.
      expect([
        undefined,
        'Connection is closed.',
        `The host '${host.name}' was closed before it took tasks.`,
      ]).toContain(await ready);
    }
    const client = new Redis(url);
    expect(await client.keys(`bull:${queue}:hosts*`)).toEqual([]);
    client.disconnect();
  });
});
