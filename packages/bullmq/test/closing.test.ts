// What `close()` of a host takes, in a process with it.
import { fileURLToPath } from 'node:url';
import { createWorkerHost, type WorkerHost, type WorkerHostOptions } from '@anypool/bullmq';
import { inlineExecutor } from '@anypool/core';
import { createExecutor } from '@anypool/native';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { startProxy } from './cut-connection.js';
import { hosting, tasks } from './hosting.js';
import { findRedis, startRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());
const own = redis === undefined ? undefined : await startRedis();
afterAll(() => own?.stop());

describe.skipIf(redis === undefined)('a host that is closed', () => {
  const url = redis?.url ?? '';

  async function withHost(
    body: (host: WorkerHost, queue: ReturnType<typeof hosting>) => Promise<void>,
    options: Partial<WorkerHostOptions> = {},
  ): Promise<void> {
    const queue = hosting(url);
    await using executor = createExecutor({ kind: 'thread', maxWorkers: 2 });
    const file = fileURLToPath(new URL('./tasks.js', import.meta.url));
    const host = createWorkerHost({ connection: url, queue: queue.queue, tasks: [file], executor, ...options });
    try {
      await body(host, queue);
    } finally {
      await host.close({ timeout: 0 });
    }
  }

  test('lets tasks end for any time that is no time at all for a timer', () =>
    withHost(async (host, { executor, traces }) => {
      await host.ready();
      const log = traces();
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
    }));

  test('cancels them by the shortest of several times', () =>
    withHost(async (host, { executor, traces }) => {
      await host.ready();
      const log = traces();
      const running = executor().submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const ends = [host.close(), host.close({ timeout: 1e6 }), host.close({ timeout: 1 })];
      expect(await running).toBe('cancelled');
      await Promise.all(ends);
    }));

  test('waits for a result that takes its time on the way', async () => {
    const proxy = await startProxy(url);
    await withHost(
      async (host, { executor }) => {
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
      },
      { connection: proxy.url },
    );
    await proxy.close();
  });

  test.skipIf(own === undefined)('does not wait for a Redis that is there and does not answer', async () => {
    const connection = own?.url ?? '';
    await withHost(
      async (host, { executor: open, traces }) => {
        await host.ready();
        const [log, client, executor] = [traces(), new Redis(connection), open({ connection })];
        const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
        const settled = Promise.allSettled([running]);
        await log.until(1);
        await client.client('PAUSE', 600_000, 'ALL');
        log.open();
        await log.until(2);
        await host.close();
        client.disconnect();
        await executor.terminate();
        await settled;
      },
      { connection },
    );
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
