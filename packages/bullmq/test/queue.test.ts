import { createWorkerHost } from '@anypool/bullmq';
import { inlineExecutor, partial } from '@anypool/core';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { hosting, tasks } from './hosting.js';
import { findRedis, startRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());
const url = redis?.url ?? '';

/** Resolves when so many tasks wait in Redis. */
async function waiting(queue: string, count: number): Promise<void> {
  const client = new Redis(url);
  while ((await client.zcard(`bull:${queue}:prioritized`)) !== count);
  client.disconnect();
}

describe.skipIf(redis === undefined)('the queue in Redis', () => {
  test('S7: priorities hold across executors, and those of one priority go in their order', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const [, log] = [await host({ concurrency: 1 }), traces()];
    const [one, other] = [open(), open()];
    const blocker = one.submit(tasks.waitFor, log.latch, log.file, 'blocker');
    await log.until(1);
    const submitted: Promise<unknown>[] = [];
    for (const [executor, priority, line] of [
      [one, 0, 'normal 1'],
      [other, -1, 'low'],
      [one, 0.6, 'high'],
      [other, 1e9, 'highest'],
      [one, -1e9, 'lowest'],
      [other, 0, 'normal 2'],
    ] as const) {
      submitted.push(executor.with({ priority }).submit(tasks.trace, log.file, line));
      // One after the other: two executors have a connection each.
      await waiting(queue, submitted.length);
    }
    log.open();
    await Promise.all([blocker, ...submitted]);
    expect(log.lines().slice(2)).toEqual(['highest', 'high', 'normal 1', 'normal 2', 'low', 'lowest']);
  });

  test('Q1: maxQueue is about everybody’s tasks in Redis; those that free hosts are about to take do not count', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const log = traces();
    const bounded = open({ maxQueue: 3 });
    // No host yet: each waits.
    const ends = Promise.allSettled([1, 2, 3, 4, 5].map((n) => bounded.submit(tasks.double, n)));
    await waiting(queue, 3);
    const others = open();
    const more = others.submit(tasks.double, 6);
    await host({ concurrency: 2 });
    expect((await ends).map((end) => (end.status === 'fulfilled' ? end.value : end.reason.code))).toEqual([
      2,
      4,
      6,
      'ERR_QUEUE_FULL',
      'ERR_QUEUE_FULL',
    ]);
    expect(await more).toBe(12);
    // Two at work, and two that wait, of somebody else.
    const busy = ['a', 'b'].map((line) => others.submit(tasks.waitFor, log.latch, log.file, line));
    await log.until(2);
    const behind = [7, 8].map((n) => others.submit(tasks.double, n));
    await waiting(queue, 2);
    const accepted = bounded.submit(tasks.double, 9);
    await waiting(queue, 3);
    await expect(bounded.submit(tasks.double, 10)).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
    log.open();
    await Promise.all([...busy, ...behind]);
    expect(await accepted).toBe(18);
  });

  test('C7: a task that no host has begun runs into its timeout in the queue, and one that runs does not', async () => {
    const { executor: open, host, traces } = hosting(url);
    const log = traces();
    const executor = open();
    await expect(executor.with({ timeout: 50 }).submit(tasks.double, 1)).rejects.toMatchObject({
      code: 'ERR_TASK_TIMEOUT',
      phase: 'queue',
    });
    await host({ executor: { kind: 'thread', maxWorkers: 1 } });
    expect(await executor.submit(tasks.double, 1)).toBe(2);
    // Long enough for a worker that is up to begin it, however slow the machine.
    const running = executor.with({ runTimeout: 1000 }).submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    await expect(running).rejects.toMatchObject({ code: 'ERR_TASK_TIMEOUT', phase: 'run' });
    expect(await log.until(2)).toEqual(['running began', 'running cancelled']);
  });

  test('C1: a queued task that is cancelled leaves Redis, and is never begun', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const [, log] = [await host({ concurrency: 1 }), traces()];
    const executor = open();
    const blocker = executor.submit(tasks.waitFor, log.latch, log.file, 'blocker');
    await log.until(1);
    const queued = executor.submit(tasks.trace, log.file, 'cancelled');
    const behind = executor.submit(tasks.trace, log.file, 'behind');
    await waiting(queue, 2);
    expect(queued.cancel('enough')).toBe(true);
    await expect(queued).rejects.toBe('enough');
    await waiting(queue, 1);
    log.open();
    await Promise.all([blocker, behind]);
    expect(log.lines()).toEqual(['blocker began', 'blocker ended', 'behind']);
  });

  test.each([1, 4])(
    'M3: what no host has begun when its loop is left never starts (chunkSize %i)',
    async (chunkSize) => {
      const { executor: open, host, queue, traces } = hosting(url);
      const [, log] = [await host({ concurrency: 1 }), traces()];
      const executor = open();
      const blocker = executor.submit(tasks.waitFor, log.latch, log.file, 'blocker');
      await log.until(1);
      const loop = executor.map(partial(tasks.trace, log.file), ['a', 'b', 'c', 'd'], { chunkSize });
      const next = loop.next();
      await waiting(queue, 4 / chunkSize);
      await loop.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
      await waiting(queue, 0);
      log.open();
      await blocker;
      await executor.submit(tasks.trace, log.file, 'after');
      expect(log.lines()).toEqual(['blocker began', 'blocker ended', 'after']);
    },
  );

  test('the arguments of a task that waits are not read again and again', async ({ skip }) => {
    const own = await startRedis();
    if (own === undefined) return skip('there is no redis-server');
    onTestFinished(() => own.stop());
    const client = new Redis(own.url);
    const executor = hosting(own.url).executor();
    const waits = executor.submit(tasks.trace, '/dev/null', 'x'.repeat(1e5));
    const cancelled = expect(waits).rejects.toBe('enough');
    while ((await client.keys('*:prioritized')).length === 0);
    await client.config('RESETSTAT');
    const asked = async () => /cmdstat_(hmget|hgetall):/.exec(await client.info('commandstats'))?.[1];
    while ((await asked()) === undefined);
    expect(await asked()).toBe('hmget');
    waits.cancel('enough');
    await cancelled;
    await executor.shutdown();
    client.disconnect();
  });

  test('a host that was killed is forgotten by those that start after it', async () => {
    const { host, queue } = hosting(url);
    const [client, key] = [new Redis(url), `bull:${queue}:hosts`];
    // As it is when their signs of life are no more.
    await client.sadd(key, 'one that died', 'another');
    await host();
    const ids = await client.smembers(key);
    expect(ids).toHaveLength(1);
    expect(await client.exists(`${key}:${ids[0]}`)).toBe(1);
    client.disconnect();
  });

  test('a database that Redis does not have is refused, and is not the first one', async () => {
    const { executor: open, queue } = hosting(url);
    const connection = `${url}/1000000`;
    const executor = open({ connection });
    await expect(executor.submit(tasks.double, 1)).rejects.toMatchObject({
      code: 'ERR_WORKER_START',
      cause: { code: 'ERR_ENGINE_UNREACHABLE', cause: { message: expect.stringMatching(/DB index is out of range/) } },
    });
    await executor.shutdown();
    const host = createWorkerHost({ connection, queue, tasks: ['node:zlib'], executor: inlineExecutor() });
    await expect(host.ready()).rejects.toThrow('DB index is out of range');
    await host.close();
    const client = new Redis(url);
    expect(await client.keys(`bull:${queue}*`)).toEqual([]);
    client.disconnect();
  });

  test.each([2000, 200_000])(
    'C2: a task hears of a cancel whose reason is larger than maxPayload: %i characters',
    async (length) => {
      const { executor: open, host, traces } = hosting(url);
      const [running, log] = [await host({ maxPayload: 1024 }), traces()];
      const cancelled = open({ maxPayload: 1024 }).submit(tasks.waitFor, log.latch, log.file, 'it');
      await log.until(1);
      const reason = new Error('x'.repeat(length));
      cancelled.cancel(reason);
      await expect(cancelled).rejects.toBe(reason);
      expect(await log.until(2)).toEqual(['it began', 'it cancelled']);
      expect(await running.stop()).toMatchObject({ refused: 0 });
    },
  );

  test('ten thousand tasks leave Redis as small as before', async () => {
    const { executor: open, host, queue } = hosting(url);
    const running = await host();
    const client = new Redis(url);
    const left = async () => (await client.keys(`bull:${queue}*`)).sort();
    const executor = open();
    for await (const _ of executor.map(
      tasks.double,
      Array.from({ length: 10_000 }, (_, n) => n),
      { ordered: false },
    ));
    // A result that is too large for the events, and a failure.
    await executor.submit(tasks.text, 1e6);
    await executor.submit(tasks.fail, 'it').catch(() => {});
    await executor.shutdown();
    await running.stop();
    const keys = await left();
    // What BullMQ keeps of a queue: a counter, its settings, and the last of the events, which Redis drops by the hundred.
    expect(keys.map((key) => key.split(':').slice(2).join(':') || key).filter((key) => /anypool/.test(key))).toEqual(
      [],
    );
    const bytes = await Promise.all(keys.map((key) => client.memory('USAGE', key)));
    expect(bytes.reduce<number>((sum, size) => sum + (size ?? 0), 0)).toBeLessThan(50_000);
    client.disconnect();
  });
});
