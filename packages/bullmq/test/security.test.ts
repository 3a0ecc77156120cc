import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { refusedReplies } from '@anypool/bullmq';
import { toBytes } from '@anypool/core/backend';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { hosting, tasks } from './hosting.js';
import { findRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());
const url = redis?.url ?? '';

/** What anybody can put into the queue who can write to Redis. */
interface Forged {
  readonly module?: unknown;
  readonly name?: unknown;
  readonly payload?: unknown;
  readonly [key: string]: unknown;
}

const behalf = { executor: 'forged', kind: 'remote', workerId: 1, id: 1 };
const packed = (value: unknown): string => Buffer.from(toBytes(value)).toString('base64');
const call = (args: readonly unknown[], more: object = {}): string => packed({ id: 1, args, behalf, ...more });

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Puts a job into a queue, and tells what became of it: its return value, or why it failed. */
function forger(queue: string) {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const [jobs, events] = [new Queue(queue, { connection }), new QueueEvents(queue, { connection, lastEventId: '0' })];
  events.on('error', () => {});
  ends.push(async () => {
    await events.close();
    await jobs.close();
    connection.disconnect();
  });
  return {
    connection,
    async add(data: Forged, jobId = 'forged'): Promise<string> {
      await events.waitUntilReady();
      const job = await jobs.add(
        'forged',
        { v: 1, caller: 'nobody', keep: true, ...data },
        { jobId: `${jobId}-${Math.random()}` },
      );
      return job.waitUntilFinished(events).then(
        ({ payload }: { payload: string }) =>
          `completed: ${payload.startsWith('{') ? payload : Buffer.from(payload, 'base64').toString('latin1')}`,
        (error: Error) => `failed: ${error.message}`,
      );
    },
  };
}

describe.skipIf(redis === undefined)('what a job can make a host do', () => {
  test.each([
    ['a built-in', { module: 'node:child_process', name: 'execSync', payload: call(['touch EVIL']) }],
    ['a path', { module: '../../etc/passwd', name: 'x', payload: call([]) }],
    ['an absolute path', { module: '/etc/passwd', name: 'x', payload: call([]) }],
    ['a file URL', { module: 'file:///etc/passwd', name: 'x', payload: call([]) }],
    ['a data: URL', { module: 'data:text/javascript,process.exit(9)', name: 'default', payload: call([]) }],
    ['__proto__', { module: '__proto__', name: 'toString', payload: call([]) }],
    ['constructor', { module: 'constructor', name: 'constructor', payload: call([]) }],
  ])('R2: a module that the host was not started with is not looked for: %s', async (_, data) => {
    const { host, queue } = hosting(url);
    const [running, { add }] = [await host(), forger(queue)];
    expect(await add(data)).toMatch(/completed: .*ERR_TASK_MODULE/s);
    expect(existsSync('EVIL')).toBe(false);
    expect(await running.stop()).toMatchObject({ refused: 1 });
  });

  test.each(['__proto__', 'constructor', 'toString', 'then', 'default', 'hasOwnProperty'])(
    'R2: of a module, only its own exports are run: %s',
    async (name) => {
      const { host, queue } = hosting(url);
      await host();
      expect(await forger(queue).add({ module: 'tasks', name, payload: call([]) })).toMatch(/ERR_TASK_NOT_FOUND/);
    },
  );

  test.each([
    ['no object', { v: 2 }],
    ['no module', { module: 5, name: 'double', payload: call([1]) }],
    ['no name', { module: 'tasks', payload: call([1]) }],
    ['an inherited name', JSON.parse('{"__proto__":{"module":"tasks","name":"double"},"payload":""}')],
    ['no payload', { module: 'tasks', name: 'double', payload: { length: 1 } }],
    ['a payload that is no base64 of anything', { module: 'tasks', name: 'double', payload: '****' }],
    ['a payload that is cut off', { module: 'tasks', name: 'double', payload: call([1]).slice(0, -8) }],
    [
      'arguments that are no list',
      { module: 'tasks', name: 'double', payload: packed({ id: 1, args: { length: 2 }, behalf }) },
    ],
    ['JSON that is cut off', { module: 'tasks', name: 'double', payload: '{"id":1,"args":[1],' }],
    [
      'JSON whose prototype would be a call',
      { module: 'tasks', name: 'double', payload: `{"__proto__":${JSON.stringify({ id: 1, args: [1], behalf })}}` },
    ],
    ['JSON with arguments that are none', { module: 'tasks', name: 'double', payload: '{"id":1,"args":{"length":2}}' }],
    ['nobody to run for', { module: 'tasks', name: 'double', payload: packed({ id: 1, args: [1] }) }],
    ['shared memory', { module: 'tasks', name: 'double', payload: '/w91AA==' }],
  ])('R2: nonsense is refused and counted, and the host goes on: %s', async (_, data) => {
    const { executor, host, queue } = hosting(url);
    const running = await host();
    expect(await forger(queue).add(data)).toMatch(/^failed: It|^failed: Its payload/);
    expect(await executor().submit(tasks.double, 2)).toBe(4);
    expect(await running.stop()).toMatchObject({ refused: 1 });
  });

  test.each([
    ['as V8 writes it', packed],
    ['as JSON', JSON.stringify],
  ])('R2, E11: neither arguments nor what comes with them reach a prototype, %s', async (_, write) => {
    const { executor, host, queue } = hosting(url);
    await host({ executor: { kind: 'thread', maxWorkers: 1 } });
    const { add } = forger(queue);
    const evil = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    const patches = [
      { steps: [0, '__proto__', 'polluted'], exception: 0, name: 'x', message: 'y', stack: undefined },
      { steps: ['__proto__', '__proto__', 'polluted'], exception: 1, name: 'x', message: 'y', stack: undefined },
      { steps: ['constructor', 'prototype', 'polluted'], exception: 2, name: 'x', message: 'y', stack: undefined },
    ];
    const payload = write({ id: 1, args: [evil], behalf, patches, context: evil });
    expect(await add({ module: 'tasks', name: 'double', payload })).toMatch(/^completed/);
    const { pid, ...polluted } = await executor().submit(tasks.environment);
    expect([typeof pid, polluted]).toEqual(['number', {}]);
  });

  test('a job that is too large is refused, and so are arguments and results before they travel', async () => {
    const { executor: open, host, queue } = hosting(url);
    const running = await host({ maxPayload: 10_000 });
    expect(await forger(queue).add({ module: 'tasks', name: 'double', payload: call(['x'.repeat(20_000)]) })).toMatch(
      /maxPayload/,
    );
    const small = open({ maxPayload: 10_000 });
    await expect(small.submit(tasks.trace, '/dev/null', 'x'.repeat(10_000))).rejects.toMatchObject({
      code: 'ERR_PAYLOAD_TOO_LARGE',
      side: 'argument',
      maxPayload: 10_000,
    });
    await expect(small.submit(tasks.text, 10_000)).rejects.toMatchObject({
      code: 'ERR_PAYLOAD_TOO_LARGE',
      side: 'result',
    });
    expect(await small.submit(tasks.text, 5000)).toHaveLength(5000);
    await expect(small.submit(tasks.reportText, 10_000)).rejects.toMatchObject({ code: 'ERR_PAYLOAD_TOO_LARGE' });
    await expect(small.stream(tasks.texts, 3, 10_000).next()).rejects.toMatchObject({ code: 'ERR_PAYLOAD_TOO_LARGE' });
    expect(await small.submit(tasks.reportText, 5000)).toBe(5000);
    expect(await running.stop()).toMatchObject({ refused: 1 });
  });

  test('arguments of 1 GB reject, and nothing of them goes to Redis', async () => {
    const { executor } = hosting(url);
    const gigabyte = new Uint8Array(2 ** 30);
    await expect(executor().submit(tasks.double, gigabyte as never)).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_PAYLOAD_TOO_LARGE|ERR_NOT_CLONEABLE/),
    });
  });
});

describe.skipIf(redis === undefined)('with a secret', () => {
  const secret = 'of executor and hosts alone';

  test('calls, reports, items, cancels and results pass; another secret beside it, too', async () => {
    const { executor: open, host, traces } = hosting(url);
    const [, log] = [await host({ secret }), traces()];
    const executor = open({ secret: [secret, 'the old one'] });
    expect(await executor.submit(tasks.double, 2)).toBe(4);
    const reported: unknown[] = [];
    expect(await executor.submit(tasks.report, 3).onProgress((value) => reported.push(value))).toBe(3);
    expect(reported).toEqual([0, 1, 2]);
    const items: number[] = [];
    for await (const item of executor.stream(tasks.items, 40)) items.push(item);
    expect(items).toHaveLength(40);
    expect(await executor.submit(tasks.text, 100_000)).toHaveLength(100_000);
    const waiting = executor.submit(tasks.waitFor, log.latch, log.file, 'waiting');
    await log.until(1);
    waiting.cancel();
    expect(await log.until(2)).toEqual(['waiting began', 'waiting cancelled']);
    expect(refusedReplies(executor)).toBe(0);
  });

  test.each([
    ['unsigned', undefined],
    ['signed with another secret', 'wrong'],
  ])('a call that is %s is refused and counted', async (_, wrong) => {
    const { executor: open, host } = hosting(url);
    const running = await host({ secret });
    await expect(open(wrong === undefined ? {} : { secret: wrong }).submit(tasks.double, 2)).rejects.toMatchObject({
      code: 'ERR_WORKER_CRASHED',
      cause: { message: expect.stringMatching(/unsigned, altered/) },
    });
    expect(await open({ secret }).submit(tasks.double, 2)).toBe(4);
    expect(await running.stop()).toMatchObject({ refused: 1 });
  });

  test('a call that was altered, or put into another queue, is refused', async () => {
    const { host, queue } = hosting(url);
    const running = await host({ secret });
    const { add } = forger(queue);
    const signed = (about: string) => {
      const fields = ['call', about, 'forged', 'nobody', 'true', 'tasks', 'double', call([1])];
      return createHmac('sha256', secret).update(JSON.stringify(fields)).digest('base64url');
    };
    const data = { module: 'tasks', name: 'double', payload: call([1]) };
    // The id that was signed is another one, and so is the queue.
    expect(await add({ ...data, signature: signed(queue) })).toMatch(/^failed: It is unsigned/);
    expect(await add({ ...data, signature: signed('another') })).toMatch(/^failed: It is unsigned/);
    expect(await running.stop()).toMatchObject({ refused: 2 });
  });

  test.each([
    ['unsigned', {}, { secret: 'of the executor' }, 10],
    ['unsigned, and too large for an event', {}, { secret: 'of the executor' }, 10_000],
    ['larger than maxPayload', { maxPayload: 20_000 }, { maxPayload: 5000 }, 10_000],
  ])('a reply that is not accepted ends its call: %s', async (_, hosts, callers, length) => {
    const { executor: open, host, queue } = hosting(url);
    const [executor, { connection }] = [open(callers), forger(queue)];
    const future = executor.submit(tasks.text, length);
    const lost = expect(future).rejects.toMatchObject({
      code: 'ERR_WORKER_CRASHED',
      cause: { message: expect.stringMatching(/reply was not accepted: it is unsigned, altered, or larger/) },
    });
    if ('secret' in callers) {
      // Its host has no secret, and would refuse no call.
      let key: string | undefined;
      while (key === undefined) [key] = await connection.keys(`bull:${queue}:anypool-*-1`);
      const data = JSON.parse((await connection.hget(key, 'data')) ?? '');
      await connection.hset(key, 'data', JSON.stringify({ ...data, signature: undefined }));
    }
    await host(hosts);
    await lost;
    expect(refusedReplies(executor)).toBeGreaterThan(0);
    await executor.shutdown();
  });

  test('a forged reply, report or cancel is refused and counted, and the task ends as its host says', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const [running, log] = [await host({ secret }), traces()];
    const executor = open({ secret });
    const { connection } = forger(queue);
    const reported: unknown[] = [];
    const future = executor
      .submit(tasks.waitFor, log.latch, log.file, 'honest')
      .onProgress((value) => reported.push(value));
    await log.until(1);
    const [key] = await connection.keys(`bull:${queue}:anypool-*-1`);
    const jobId = key?.split(':').at(-1) ?? '';
    const payload = packed({ id: 1, sent: 0, value: 'forged' });
    const message = packed({ type: 'report', id: 1, value: 'forged' });
    const cancel = packed({ type: 'cancel', id: 1, reason: { root: { value: 1 }, errors: [] } });
    for (const signature of [undefined, 'AAAA']) {
      const forged = (what: string) => JSON.stringify({ v: 1, payload: what, signature });
      await connection.xadd(`bull:${queue}:events`, '*', 'event', 'progress', 'jobId', jobId, 'data', forged(message));
      await connection.xadd(
        `bull:${queue}:events`,
        '*',
        'event',
        'completed',
        'jobId',
        jobId,
        'returnvalue',
        forged(payload),
      );
      await connection.xadd(
        `bull:${queue}.control:events`,
        '*',
        'event',
        'control',
        'jobId',
        jobId,
        'message',
        forged(cancel),
      );
    }
    // An event that no reader of BullMQ gets over, and one of which it thinks that it is an error.
    await connection.xadd(`bull:${queue}:events`, '*', 'event', 'completed', 'jobId', jobId, 'returnvalue', '{');
    await connection.xadd(`bull:${queue}:events`, '*', 'event', 'error', 'jobId', jobId);
    log.open();
    expect(await future).toBe('honest');
    expect(reported).toEqual([]);
    expect(log.lines()).toEqual(['honest began', 'honest ended']);
    expect(refusedReplies(executor)).toBeGreaterThanOrEqual(4);
    await executor.shutdown();
    expect(await running.stop()).toMatchObject({ completed: 1, refused: 2 });
  });
});
