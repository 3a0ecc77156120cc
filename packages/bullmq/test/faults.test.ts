import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { EngineUnreachableError } from '@anypool/bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect, disconnect } from '../src/connection.js';
import { callerKey } from '../src/queue-keys.js';
import { closed, startProxy, twoWays, type Proxy as Way } from './cut-connection.js';
import { hosting, tasks } from './hosting.js';
import { findRedis, type OwnRedis, startRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('hosts and callers that die', () => {
  const url = redis?.url ?? '';

  test('R3: a host that is killed with a task rejects it after the stall time, and the others go on', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const [dying, log] = [await host({ concurrency: 1, stallTime: 1000 }), traces()];
    const executor = open();
    const lost = executor.submit(tasks.waitFor, log.latch, log.file, 'lost');
    await log.until(1);
    await host({ stallTime: 1000 });
    await dying.kill();
    await expect(lost).rejects.toMatchObject({
      code: 'ERR_WORKER_CRASHED',
      task: { name: 'waitFor' },
      cause: { message: expect.stringMatching(/no sign of life/) },
    });
    expect(await executor.submit(tasks.double, 2)).toBe(4);
    await executor.shutdown();
    // BullMQ puts it back among those that wait: nobody is to take it up.
    const client = new Redis(url);
    expect(await client.exists(`bull:${queue}:wait`, `bull:${queue}:prioritized`, `bull:${queue}:active`)).toBe(0);
    client.disconnect();
    expect(log.lines()).toEqual(['lost began']);
  });

  test('R3: the death of the last host is found by the caller itself', async () => {
    const { executor: open, host, traces } = hosting(url);
    const [only, log] = [await host({ stallTime: 1000 }), traces()];
    const lost = open().submit(tasks.waitFor, log.latch, log.file, 'lost');
    await log.until(1);
    await only.kill();
    await expect(lost).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
  });

  test('R3: with retries, another host runs it again', async () => {
    const { executor: open, host, traces } = hosting(url);
    const [dying, log] = [await host({ concurrency: 1, stallTime: 1000 }), traces()];
    const again = open({ retries: 1 }).submit(tasks.waitFor, log.latch, log.file, 'again');
    await log.until(1);
    await host({ stallTime: 1000 });
    await dying.kill();
    await log.until(2);
    log.open();
    expect(await again).toBe('again');
    expect(log.lines()).toEqual(['again began', 'again began', 'again ended']);
  });

  test('R3: a task that blocks its thread does not make its host look dead', async () => {
    const { executor: open, host, traces } = hosting(url);
    const [, log] = [await host({ stallTime: 500 }), traces()];
    const executor = open();
    const blocked = executor.submit(tasks.blockUntil, log.latch, log.file);
    await log.until(1);
    // Three times the stall time: the host must have told of itself meanwhile.
    const end = performance.now() + 1500;
    while (performance.now() < end) expect(await executor.submit(tasks.double, 2)).toBe(4);
    log.open();
    expect(await blocked).toBe('ended');
  });

  test('R3: a host lives while what is large is on its way from it for longer than the stall time, and other tasks end', async () => {
    const { executor: open, host, queue } = hosting(url);
    const { client, proxy } = await twoWays(url);
    await host({ connection: proxy.url, stallTime: 2000 });
    const executor = open();
    expect(await executor.submit(tasks.double, 1)).toBe(2);
    proxy.limit(2 ** 18);
    const result = executor.submit(tasks.text, 2 ** 20);
    const item = executor.stream(tasks.texts, 1, 2 ** 20).next();
    const locks = () => client.keys(`bull:${queue}:*:lock`);
    while ((await locks()).length < 2);
    await Promise.all((await locks()).map((lock) => prolonged(client, lock, 5)));
    expect(await executor.submit(tasks.double, 2)).toBe(4);
    proxy.limit();
    expect(await result).toHaveLength(2 ** 20);
    expect((await item).value).toHaveLength(2 ** 20);
  });

  test('R3: a host lives though nothing of what Redis says comes to it for longer than the stall time', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const [log, { client, proxy }] = [traces(), await twoWays(url)];
    await host({ connection: proxy.url, stallTime: 1000 });
    const executor = open();
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const [lock = ''] = await client.keys(`bull:${queue}:*:lock`);
    expect(proxy.hold()).toBeGreaterThan(0);
    await prolonged(client, lock, 5);
    await proxy.cut();
    await proxy.mend();
    log.open();
    expect(await running).toBe('running');
  });

  test('R3: a host that is back before its locks have run out keeps its tasks', async () => {
    const { executor: open, hostHere, queue, traces } = hosting(url);
    const [log, { client, proxy }] = [traces(), await twoWays(url)];
    const { hostname, port } = new URL(proxy.url);
    const connection = { host: hostname, port: Number(port), retryStrategy: () => 20 };
    await hostHere({ connection, stallTime: 4000 }).ready();
    const running = open().submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const [lock = ''] = await client.keys(`bull:${queue}:*:lock`);
    await prolonged(client, lock, 1);
    await proxy.cut();
    // Its next look is when they have run out.
    while ((await client.pttl(lock)) > 900);
    await proxy.mend();
    for (let left = 0; left <= 900; left = await client.pttl(lock))
      expect(await client.pttl(lock)).toBeGreaterThan(100);
    log.open();
    expect(await running).toBe('running');
  });

  test('R3: what runs again has the arguments that it had', async () => {
    const { executor: open, host, queue } = hosting(url);
    const { client } = await twoWays(url);
    const bytes = Uint8Array.of(21);
    const again = open({ retries: 1 }).submit(tasks.double, bytes as never);
    let job: string | undefined;
    while (job === undefined) [job] = await client.keys(`bull:${queue}:anypool-*-1`);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    // As it is where its host has died.
    await client.hset(job, 'defa', 'job stalled more than allowable limit');
    await host();
    expect(await again).toBe(42);
  });

  test('R3: the tasks of a host that has lost only the way for what is large are lost after the stall time', async () => {
    const { executor: open, host } = hosting(url);
    const { proxy } = await twoWays(url);
    await host({ connection: proxy.url, stallTime: 1000 });
    const executor = open();
    expect(await executor.submit(tasks.double, 1)).toBe(2);
    proxy.limit(2 ** 18);
    const result = executor.submit(tasks.text, 2 ** 20);
    while (proxy.cutLimited() === 0) await new Promise(setImmediate);
    await expect(result).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
  });

  test('R3: a caller lives while what is large is on its way from it for longer than callerTimeout', async () => {
    const { executor: open, host, queue, traces } = hosting(url);
    const [, log, { client, proxy }] = [await host(), traces(), await twoWays(url)];
    const executor = open({ connection: proxy.url, callerTimeout: 1500 });
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    proxy.limit(2 ** 18);
    const large = executor.submit(tasks.trace, log.file, 'x'.repeat(2 ** 20));
    const [key = ''] = await client.keys(callerKey('bull', queue, '*'));
    await prolonged(client, key, 5);
    proxy.limit();
    expect(await large).toHaveLength(2 ** 20);
    log.open();
    expect(await running).toBe('running');
  });

  test('a host that is told to stop finishes what it has, and the rest goes to others', async () => {
    const { executor: open, host, traces } = hosting(url);
    const [first, log] = [await host({ concurrency: 1 }), traces()];
    const executor = open();
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'first');
    await log.until(1);
    const queued = executor.submit(tasks.trace, log.file, 'second');
    const stopped = first.stop();
    await host();
    expect(await queued).toBe('second');
    log.open();
    expect(await running).toBe('first');
    expect(await stopped).toMatchObject({ running: 0, completed: 1, refused: 0 });
    expect(log.lines()).toEqual(['first began', 'second', 'first ended']);
  });

  test.each(['cancel', 'keep'] as const)('the tasks of a caller that is killed: %s', async (orphans) => {
    const { host, queue, traces } = hosting(url);
    const [, log] = [await host({ concurrency: 1 }), traces()];
    const script = fileURLToPath(new URL('./caller-process.js', import.meta.url));
    const caller = fork(script, [
      JSON.stringify({ connection: url, queue, orphans, callerTimeout: 600 }),
      log.latch,
      log.file,
    ]);
    await log.until(1);
    caller.kill('SIGKILL');
    await once(caller, 'exit');
    if (orphans === 'keep') {
      log.open();
      expect(await log.until(3)).toEqual(['running began', 'running ended', 'queued']);
    } else {
      expect(await log.until(2)).toEqual(['running began', 'running cancelled']);
      // The one that was queued is not run: one that comes after it is.
      expect(await hosting(url).executor({ queue }).submit(tasks.trace, log.file, 'last')).toBe('last');
      expect(log.lines()).toEqual(['running began', 'running cancelled', 'last']);
    }
  });

  test.each([120_000, 100 * 86_400_000])(
    'R3: a caller that lives is not taken for dead because its sign of life was lost: callerTimeout %i',
    async (callerTimeout) => {
      const { executor: open, host, queue, traces } = hosting(url);
      const [, log, client] = [await host(), traces(), new Redis(url)];
      // Of a time that is too long for a timer.
      const warnings: string[] = [];
      const warned = ({ name }: Error) => void warnings.push(name);
      process.on('warning', warned);
      const running = open({ callerTimeout }).submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const [key = ''] = await client.keys(callerKey('bull', queue, '*'));
      await client.del(key);
      const isBack = async () => (await client.exists(key)) === 1;
      while (!(await isBack()) && log.lines().length === 1);
      log.open();
      expect(await running).toBe('running');
      process.off('warning', warned);
      expect(warnings).toEqual([]);
      client.disconnect();
    },
  );
});

describe.skipIf(redis === undefined)('a connection that is cut', () => {
  test('R3: what was accepted goes on, what was not yet waits, and nothing runs twice', async () => {
    const url = redis?.url ?? '';
    const { executor: open, host, traces } = hosting(url);
    const [, log, proxy] = [await host(), traces(), await startProxy(url)];
    const executor = open({ connection: proxy.url });
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    await proxy.cut();
    const late = executor.submit(tasks.trace, log.file, 'late');
    // Its outcome comes while nobody listens.
    log.open();
    await log.until(2);
    await proxy.mend();
    expect(await Promise.all([running, late])).toEqual(['running', 'late']);
    expect(log.lines()).toEqual(['running began', 'running ended', 'late']);
    await executor.shutdown();
    await proxy.close();
  });

  test('R3: a task that was on its way to a host runs once, and a task that was lost so goes to the next who asks', async () => {
    const url = redis?.url ?? '';
    const { executor: open, hostHere, queue, traces } = hosting(url);
    const [log, { client, proxy }] = [traces(), await twoWays(url)];
    await hostHere({ connection: proxy.url, concurrency: 1 }).ready();
    const executor = open();
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const others = ['a', 'b'].map((line) => executor.submit(tasks.trace, log.file, line));
    while ((await client.zcard(`bull:${queue}:prioritized`)) < others.length);
    expect(proxy.hold()).toBeGreaterThan(0);
    log.open();
    // With the end of one task, Redis gives the host the next.
    await running;
    expect(await client.llen(`bull:${queue}:active`)).toBe(1);
    await proxy.cut();
    await proxy.mend();
    expect(await Promise.all(others)).toEqual(['a', 'b']);
    expect(log.lines().slice(2).sort()).toEqual(['a', 'b']);
  });

  describe('keeps no more to say, however long', () => {
    /** Cuts a way for as long as 100 looks take; how often then, until `body` is over, it is said what `isOf` finds. */
    async function count(isOf: RegExp, way: Way, body: () => Promise<void>): Promise<number> {
      await way.cut();
      vi.advanceTimersByTime(500_000);
      const before = way.said().match(isOf)?.length ?? 0;
      await way.mend();
      await body();
      return (way.said().match(isOf)?.length ?? 0) - before;
    }

    beforeEach(fakeIntervals);

    test('a caller', async () => {
      const url = redis?.url ?? '';
      const { executor: open, host, queue, traces } = hosting(url);
      const [log, { proxy }] = [traces(), await twoWays(url)];
      await host();
      const executor = open({ connection: proxy.url });
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const isOf = new RegExp(`hmget\\r\\n\\$\\d+\\r\\nbull:${queue}:anypool-`, 'g');
      const asked = await count(isOf, proxy, async () => {
        log.open();
        expect(await running).toBe('running');
        await executor.shutdown();
      });
      expect(asked).toBeLessThan(10);
    });

    test('a host', async () => {
      const url = redis?.url ?? '';
      const { executor: open, hostHere, queue, traces } = hosting(url);
      const [log, { proxy }] = [traces(), await twoWays(url)];
      const host = hostHere({ connection: proxy.url });
      await host.ready();
      const running = open().submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const isOf = new RegExp(`(sadd|mget)\\r\\n\\$\\d+\\r\\nbull:${queue}:(hosts|caller:)`, 'g');
      const said = await count(isOf, proxy, async () => {
        log.open();
        expect(await running).toBe('running');
        await host.close();
      });
      expect(said).toBeLessThan(10);
    });
  });

  test('R3: an idle host takes up at once what never came to another', async () => {
    const url = redis?.url ?? '';
    const { executor: open, hostHere, queue, traces } = hosting(url);
    const [log, other, { client, proxy }] = [traces(), traces(), await twoWays(url)];
    await hostHere({ connection: proxy.url, concurrency: 1 }).ready();
    const executor = open();
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const lost = executor.submit(tasks.waitFor, other.latch, other.file, 'lost');
    while ((await client.zcard(`bull:${queue}:prioritized`)) === 0);
    proxy.hold();
    log.open();
    await running;
    await hostHere({ concurrency: 1 }).ready();
    await proxy.cut();
    await proxy.mend();
    await other.until(1);
    other.open();
    expect(await lost).toBe('lost');
    // Idle ones look every five seconds, or when there is this.
    expect(proxy.said()).toMatch(new RegExp(`zadd\\r\\n\\$\\d+\\r\\nbull:${queue}:marker`));
  });

  test('R3: a host to which nothing comes any more, and whose connections are not cut, makes others before its locks run out', async () => {
    fakeIntervals();
    const url = redis?.url ?? '';
    const { executor: open, hostHere, queue, traces } = hosting(url);
    const [log, { client, proxy }] = [traces(), await twoWays(url)];
    await hostHere({ connection: proxy.url, stallTime: 4000 }).ready();
    const running = open().submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    const [lock = ''] = await client.keys(`bull:${queue}:*:lock`);
    proxy.swallow();
    for (let looks = 0; looks < 4; looks += 1) vi.advanceTimersByTime(5000);
    await prolonged(client, lock, 3);
    log.open();
    expect(await running).toBe('running');
  });

  test('R3: a caller to which nothing comes any more, and whose connections are not cut, lives, and goes on', async () => {
    fakeIntervals();
    const url = redis?.url ?? '';
    const { executor: open, host, queue, traces } = hosting(url);
    const [log, { client, proxy }] = [traces(), await twoWays(url)];
    await host();
    const executor = open({ connection: proxy.url });
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    // From here on, it has both of its ways.
    vi.advanceTimersByTime(3000);
    await turns(client);
    const [alive = ''] = await client.keys(callerKey('bull', queue, '*'));
    while ((await client.pttl(alive)) > 13_500);
    proxy.swallow();
    const before = await client.pttl(alive);
    const later = executor.submit(tasks.double, 2);
    await passing(client, later);
    expect(await later).toBe(4);
    expect(await client.pttl(alive)).toBeGreaterThan(before);
    log.open();
    await passing(client, running);
    expect(await running).toBe('running');
  });

  test('R3: what somebody has made unreadable rejects', async () => {
    const url = redis?.url ?? '';
    fakeIntervals();
    const { executor: open, queue } = hosting(url);
    const [{ client }, executor] = [await twoWays(url), open()];
    const ends = Promise.allSettled([executor.submit(tasks.double, 1), executor.submit(tasks.double, 2)]);
    const jobs = [];
    for (const place of [1, 2]) {
      let found: string | undefined;
      while (found === undefined) [found] = await client.keys(`bull:${queue}:anypool-*-${place}`);
      jobs.push(found);
    }
    const [first = '', second = ''] = jobs;
    await client.hset(first, { finishedOn: '1', returnvalue: '{', progress: '{' });
    await client.set(second, 'no job');
    await passing(client, ends);
    for (const end of await ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_CRASHED' } });
  });

  test('R3: a strategy that gives up does not keep what waits from going on', async () => {
    const url = redis?.url ?? '';
    const { executor: open, host, traces } = hosting(url);
    const [, log, proxy] = [await host(), traces(), await startProxy(url)];
    let attempts = 0;
    const giveUp = () => {
      attempts += 1;
      return null;
    };
    const { hostname: at, port } = new URL(proxy.url);
    const executor = open({ connection: { host: at, port: Number(port), retryStrategy: giveUp } });
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await log.until(1);
    await proxy.cut();
    const late = executor.submit(tasks.double, 2);
    log.open();
    while (attempts === 0) await new Promise(setImmediate);
    await proxy.mend();
    expect(await Promise.all([running, late])).toEqual(['running', 4]);
    await executor.shutdown();
    await proxy.close();
  });

  test("onDisconnect 'reject': both reject, each by what is known of it", async () => {
    const url = redis?.url ?? '';
    const { executor: open, host, traces } = hosting(url);
    const [, log, proxy] = [await host(), traces(), await startProxy(url)];
    const executor = open({ connection: proxy.url, onDisconnect: 'reject', maxWorkers: 4 });
    const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
    await executor.warmUp(4);
    await log.until(1);
    await proxy.cut();
    await expect(running).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
    await expect(executor.submit(tasks.double, 1)).rejects.toMatchObject({ code: 'ERR_ENGINE_UNREACHABLE' });
    await proxy.mend();
    await executor.terminate();
    await proxy.close();
  });

  test.each(['wait', 'reject'] as const)(
    "W5: where there is no Redis, the error has what its connection says, and the next submit tries again: '%s'",
    async (onDisconnect) => {
      const url = redis?.url ?? '';
      const { executor: open, host } = hosting(url);
      const [, proxy] = [await host(), await startProxy(url)];
      await proxy.cut();
      const startTimeout = 150;
      const executor = open({ connection: proxy.url, onDisconnect, startTimeout });
      const submitted = performance.now();
      await expect(executor.submit(tasks.double, 2)).rejects.toMatchObject({
        code: 'ERR_WORKER_START',
        message: expect.stringMatching(/Redis could not be reached.*ECONNREFUSED/),
        cause: { code: 'ERR_ENGINE_UNREACHABLE', cause: { code: 'ECONNREFUSED' } },
      });
      // Each of the three attempts has its own time.
      if (onDisconnect === 'wait') expect(performance.now() - submitted).toBeGreaterThan(2.5 * startTimeout);
      await proxy.mend();
      expect(await executor.with({ timeout: 10_000 }).submit(tasks.double, 2)).toBe(4);
      await executor.shutdown();
      await proxy.close();
    },
  );

  test.each([true, false])(
    'a reader of which nothing comes is replaced by one that reads on (heard before: %s)',
    async (isHeard) => {
      const url = redis?.url ?? '';
      const { executor: open, host } = hosting(url);
      const [, proxy] = [await host(), await startProxy(url)];
      const executor = open({ connection: proxy.url });
      await executor.warmUp(2);
      const stream = executor.stream(tasks.items, 40);
      const items: unknown[] = [];
      if (isHeard) items.push((await stream.next()).value);
      while (proxy.hold('xread') === 0) await new Promise(setImmediate);
      if (!isHeard) void stream.next().then(({ value }) => items.push(value));
      // One that has ended unheard.
      expect(await executor.submit(tasks.double, 2)).toBe(4);
      for await (const item of stream) items.push(item);
      expect(items).toEqual(Array.from({ length: 40 }, (_, n) => n));
      await executor.shutdown();
      await proxy.close();
    },
  );

  test("onDisconnect 'reject': what Redis may have got is not called refused", async () => {
    const url = redis?.url ?? '';
    const { executor: open, host, queue, traces } = hosting(url);
    const [, log, proxy] = [await host({ concurrency: 1 }), traces(), await startProxy(url)];
    const executor = open({ connection: proxy.url, onDisconnect: 'reject', maxWorkers: 2 });
    await executor.warmUp(2);
    proxy.hold();
    const sent = executor.submit(tasks.trace, log.file, 'sent');
    await log.until(1);
    await proxy.cut();
    await expect(sent).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
    await proxy.mend();
    await executor.terminate();
    await proxy.close();
    expect(await open({ queue }).submit(tasks.trace, log.file, 'after')).toBe('after');
    expect(log.lines()).toEqual(['sent', 'after']);
  });

  test("onDisconnect 'reject': what was refused while Redis was asked for its room does not run", async () => {
    const url = redis?.url ?? '';
    const { executor: open, host, traces } = hosting(url);
    const [, log, proxy] = [await host({ concurrency: 1 }), traces(), await startProxy(url)];
    const executor = open({ connection: proxy.url, onDisconnect: 'reject', maxWorkers: 3, maxQueue: 5 });
    await executor.warmUp(3);
    proxy.hold();
    const refused = executor.submit(tasks.trace, log.file, 'refused');
    const known = expect(refused).rejects.toMatchObject({ code: 'ERR_ENGINE_UNREACHABLE' });
    // Its turn to ask for room comes before that of the cut.
    await new Promise(setImmediate);
    await proxy.cut();
    await known;
    await proxy.mend();
    // Until it is connected again, what is new is refused.
    let last: unknown;
    while (last !== 'last') {
      last = await executor.submit(tasks.trace, log.file, 'last').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(log.lines()).toEqual(['last']);
    await executor.terminate();
    await proxy.close();
  });

  test("W5, onDisconnect 'reject': where there is no Redis at all, tasks are told at once", async () => {
    const executor = hosting('redis://127.0.0.1:1').executor({ onDisconnect: 'reject' });
    await expect(executor.submit(tasks.double, 1)).rejects.toMatchObject({
      code: 'ERR_WORKER_START',
      cause: { code: 'ERR_ENGINE_UNREACHABLE' },
    });
    await executor.shutdown();
  });

  test('a cancel, a timeout and terminate() settle at once without Redis', async () => {
    const url = redis?.url ?? '';
    const { executor: open, host, traces } = hosting(url);
    const [, log, proxy] = [await host(), traces(), await startProxy(url)];
    const executor = open({ connection: proxy.url });
    const [cancelled, ended] = ['a', 'b'].map((line) => executor.submit(tasks.waitFor, log.latch, log.file, line));
    const ends = Promise.allSettled([cancelled, ended]);
    await log.until(2);
    await proxy.cut();
    const late = executor.with({ timeout: 100 }).submit(tasks.double, 1);
    expect(cancelled?.cancel('enough')).toBe(true);
    await expect(late).rejects.toMatchObject({ code: 'ERR_TASK_TIMEOUT' });
    await executor.terminate();
    expect((await ends).map((end) => end.status === 'rejected' && (end.reason.code ?? end.reason))).toEqual([
      'enough',
      'ERR_EXECUTOR_SHUTDOWN',
    ]);
    await proxy.close();
  });
});

describe.skipIf(redis === undefined)('a Redis that has gone for good', () => {
  test.each(['idle', 'shutdown', 'terminate', 'close', 'close with a timeout'])(
    'X6: does not keep the process: %s',
    async (what) => {
      const url = redis?.url ?? '';
      const [{ queue }, proxy] = [hosting(url), await startProxy(url)];
      const options = { connection: proxy.url, queue, ...(what.startsWith('close') && { tasks: ['node:zlib'] }) };
      const child = fork(
        fileURLToPath(new URL('./alone-process.js', import.meta.url)),
        [JSON.stringify(options), what],
        {
          stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        },
      );
      try {
        let told = '';
        child.stdout?.on('data', (text) => {
          told += text;
        });
        await once(child, 'message');
        await proxy.cut();
        child.send('gone');
        // 'exit' comes when its output may not have been read yet.
        expect(await once(child, 'close')).toEqual([0, null]);
        expect(told).toBe('over\n');
      } finally {
        child.kill('SIGKILL');
        await proxy.close();
      }
    },
    30_000,
  );

  test('X6: what was on its way at a cut settles when its connection is ended, though the next one was closed at once', async () => {
    const proxy = await startProxy(redis?.url ?? '');
    const client = connect(proxy.url);
    await client.ping();
    proxy.hold();
    const onItsWay = client.ping().catch((error: unknown) => error);
    await proxy.cut();
    const refusing = createServer((socket) => socket.destroy()).listen(Number(new URL(proxy.url).port), '127.0.0.1');
    // Not by once(), as there may be errors before.
    await new Promise<void>((resolve) => client.once('connect', () => client.once('close', resolve)));
    await disconnect(client, 1000);
    expect(await onItsWay).toMatchObject({ message: 'Connection is closed.' });
    await new Promise((resolve) => refusing.close(resolve));
  });

  test('X6: what was on its way at a cut settles, whatever the user would have ioredis do with it', async () => {
    const { client: other, proxy } = await twoWays(redis?.url ?? '');
    const { hostname: host, port } = new URL(proxy.url);
    const client = connect({ host, port: Number(port), autoResendUnfulfilledCommands: false });
    onTestFinished(() => disconnect(client, 1000));
    await client.ping();
    proxy.hold();
    const answer = client.echo('late');
    await other.ping();
    await proxy.cut();
    await proxy.mend();
    expect(await answer).toBe('late');
  });

  test.each([{ commandTimeout: 1 }, { enableOfflineQueue: false }])(
    'R3: what is asked without Redis is kept for it and not rejected, whatever the user would have ioredis do: %o',
    async (options) => {
      const { proxy } = await twoWays(redis?.url ?? '');
      const { hostname: host, port } = new URL(proxy.url);
      const client = connect({ host, port: Number(port), ...options });
      onTestFinished(() => disconnect(client, 1000));
      await once(client, 'ready');
      await Promise.all([closed(client), proxy.cut()]);
      const [answer] = [client.echo('late'), await triedAgain(client, 3)];
      await proxy.mend();
      expect(await answer).toBe('late');
    },
  );

  test.each([{ socketTimeout: 20 }, { blockingTimeout: 20 }, { stringNumbers: true }])(
    'a task runs for any time, and what is silent meanwhile keeps its connection, whatever the user would have ioredis do: %o',
    async (options) => {
      fakeIntervals();
      const { client, proxy } = await twoWays(redis?.url ?? '');
      const { hostname: host, port } = new URL(proxy.url);
      const { executor: open, hostHere, traces } = hosting(redis?.url ?? '');
      const connection = { host, port: Number(port), ...options };
      const [hosted, executor, log] = [hostHere({ connection }), open({ connection }), traces()];
      await hosted.ready();
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const begun = () => proxy.connections() + proxy.said().split('xread').length;
      const pass = async (): Promise<void> => {
        for (const end = Date.now() + 500; Date.now() < end; await turns(client)) vi.advanceTimersByTime(3000);
      };
      // For longer than a task may be that nobody has, and the caller has all its connections.
      await pass();
      const before = begun();
      // For many times as long as any of the options. Readers begin anew by themselves, once in ten seconds.
      await pass();
      expect(begun() - before).toBeLessThan(5);
      log.open();
      expect(await running).toBe('running');
    },
  );

  test('X7: an executor that is ended as it starts leaves no timer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { executor: open } = hosting(redis?.url ?? '');
    // Whenever in its start that is.
    for (let turns = 0; turns < 30; turns += 1) {
      const executor = open();
      const settled = Promise.allSettled([executor.submit(tasks.double, 1)]);
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      await executor.terminate();
      await settled;
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a connection that was ended does not come back', async () => {
    const proxy = await startProxy(redis?.url ?? '');
    const client = connect(proxy.url);
    const copy = client.duplicate();
    await Promise.all([once(client, 'ready'), once(copy, 'ready')]);
    await proxy.cut();
    const late = client.get('any');
    const refused = expect(late).rejects.toThrow('Connection is closed');
    await disconnect(client, 60_000);
    await refused;
    expect([client.status, copy.status]).toEqual(['end', 'end']);
    await proxy.close();
  });
});

const own = redis === undefined ? undefined : await startRedis();
await own?.stop();

describe.skipIf(own === undefined)('a Redis that dies', () => {
  async function withRedis(options: readonly string[], body: (server: OwnRedis) => Promise<void>): Promise<void> {
    const server = await startRedis(...options);
    if (server === undefined) throw new Error('There is no redis-server any more.');
    try {
      await body(server);
    } finally {
      await server.stop();
    }
  }

  test('R3: restarted without its data: what it had rejects, and new tasks run', () =>
    withRedis([], async (server) => {
      const { executor: open, host, traces } = hosting(server.url);
      const [, log] = [await host({ concurrency: 1 }), traces()];
      const executor = open();
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const queued = executor.submit(tasks.trace, log.file, 'queued');
      await hasJob(server.url, 2);
      const ends = Promise.allSettled([running, queued]);
      await server.kill();
      await server.start();
      for (const end of await ends)
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_CRASHED' } });
      log.open();
      expect(await executor.submit(tasks.double, 4)).toBe(8);
      expect(log.lines()).not.toContain('queued');
      await executor.terminate();
    }));

  test('R3: restarted with its data: nothing is lost, and nothing runs twice', () =>
    withRedis(['--appendonly', 'yes', '--appendfsync', 'always'], async (server) => {
      const { executor: open, host, traces } = hosting(server.url);
      const [, log] = [await host({ concurrency: 1 }), traces()];
      const executor = open();
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const queued = executor.submit(tasks.trace, log.file, 'queued');
      await hasJob(server.url, 2);
      await server.kill();
      await server.start();
      log.open();
      expect(await Promise.all([running, queued])).toEqual(['running', 'queued']);
      expect(log.lines()).toEqual(['running began', 'running ended', 'queued']);
      await executor.terminate();
    }));

  test('full while a task ends: it settles all the same, and its caller is told what is known', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host, traces } = hosting(server.url);
      const [, log] = [await host(), traces()];
      const executor = open();
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      log.open();
      await log.until(2);
      await client.config('SET', 'maxmemory', '0');
      const [end] = await Promise.allSettled([running]);
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ERR_WORKER_CRASHED' });
      else expect(end.value).toBe('running');
      expect(await executor.submit(tasks.double, 3)).toBe(6);
      expect(log.lines()).toEqual(['running began', 'running ended']);
      client.disconnect();
      await executor.terminate();
    }));

  test('R3: what a host could not tell of, and holds, is not given back: it does not run twice', () =>
    withRedis([], async (server) => {
      fakeIntervals();
      const { executor: open, hostHere, queue, traces } = hosting(server.url);
      const [log, { client, proxy }] = [traces(), await twoWays(server.url)];
      const [host, executor] = [hostHere({ connection: proxy.url, concurrency: 1 }), open()];
      await host.ready();
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      // It runs no scripts.
      await client.acl('SETUSER', 'default', '-@scripting');
      log.open();
      // The end of the task, as a success and as a failure. Whoever asks for the next one has heard of both.
      await counted(client, /errorstat_NOPERM:count=(\d+)/, 3);
      await proxy.cut();
      await client.acl('SETUSER', 'default', '+@scripting');
      const looks = /cmdstat_mget:calls=(\d+)/;
      const before = Number(looks.exec(await client.info('commandstats'))?.[1] ?? 0);
      await proxy.mend();
      // It has seen that it holds it.
      await counted(client, looks, before + 1);
      await turns(client);
      const [lock = ''] = await client.keys(`bull:${queue}:*:lock`);
      expect(await client.del(lock)).toBe(1);
      await passing(client, running);
      await expect(running).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
      expect(log.lines()).toEqual(['running began', 'running ended']);
      await Promise.all([host.close(), executor.shutdown()]);
    }));

  test.each([
    ['small', 1],
    ['large', 2 ** 20],
  ])('R3: a %s result that a failover refuses is told when it is over', (_size, length) =>
    withRedis([], async (server) => {
      const { executor: open, hostHere, traces } = hosting(server.url);
      const [host, executor, log, client] = [hostHere(), open(), traces(), new Redis(server.url)];
      await host.ready();
      const line = 'x'.repeat(length);
      const running = executor.submit(tasks.waitFor, log.latch, log.file, line);
      await log.until(1);
      // It takes no writes.
      await client.replicaof('127.0.0.1', '1');
      log.open();
      await counted(client, /cmdstat_evalsha:.*failed_calls=(\d+)/, 2);
      await client.replicaof('NO', 'ONE');
      expect(await running).toBe(line);
      expect(log.lines()).toHaveLength(2);
      client.disconnect();
      await Promise.all([host.close(), executor.shutdown()]);
    }),
  );

  test('R3: a Redis that takes no writes yet, as its failover goes on, is waited for', () =>
    withRedis([], async (server) => {
      const { executor: open, host } = hosting(server.url);
      const client = new Redis(server.url);
      await client.replicaof('127.0.0.1', '1');
      const executor = open();
      const result = executor.submit(tasks.double, 2);
      // More than three starts have.
      await counted(client, /errorstat_READONLY:count=(\d+)/, 60);
      await client.replicaof('NO', 'ONE');
      await host();
      expect(await result).toBe(4);
      client.disconnect();
      await executor.shutdown();
    }));

  test('R3: full, and a host dies: its tasks reject though nothing may be written, and none is called refused', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      fakeIntervals();
      const { executor: open, host, queue, traces } = hosting(server.url);
      const [dying, log] = [await host({ stallTime: 1000 }), traces()];
      const executors = [open(), open({ retries: 1 })];
      const ends = executors.map((executor) => executor.submit(tasks.waitFor, log.latch, log.file, 'running'));
      const settled = Promise.allSettled(ends);
      await log.until(2);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      await dying.kill();
      while ((await client.keys(`bull:${queue}:*:lock`)).length > 0);
      await passing(client, settled);
      for (const end of await settled)
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_CRASHED' } });
      await client.config('SET', 'maxmemory', '0');
      client.disconnect();
      await Promise.all(executors.map((executor) => executor.terminate()));
    }));

  test('R3: full for longer than signs of life last: hosts and callers live, and what runs goes on', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host, queue, traces } = hosting(server.url);
      const [, log] = [await host({ stallTime: 1000 }), traces()];
      const executor = open({ callerTimeout: 1500 });
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      const signs = await client.keys(`bull:${queue}:*:*`);
      const [atHand = ''] = signs.filter((key) => key.includes(':hosts:'));
      const others = signs.filter((key) => /:lock$|:caller:/.test(key));
      expect(others).toHaveLength(2);
      // Of the first, it takes the longest.
      await Promise.all([prolonged(client, atHand, 1), ...others.map((key) => prolonged(client, key, 5))]);
      await client.config('SET', 'maxmemory', '0');
      log.open();
      expect(await running).toBe('running');
      client.disconnect();
      await executor.shutdown();
    }));

  test('full: a cancel is told again', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host, traces } = hosting(server.url);
      const [, log] = [await host(), traces()];
      const executor = open();
      const running = executor.submit(tasks.waitFor, log.latch, log.file, 'running');
      await log.until(1);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      expect(running.cancel('enough')).toBe(true);
      await expect(running).rejects.toBe('enough');
      await refused(client);
      await client.config('SET', 'maxmemory', '0');
      expect(await log.until(2)).toEqual(['running began', 'running cancelled']);
      client.disconnect();
      await executor.shutdown();
    }));

  test('full: the credit of a stream is told again', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host, queue } = hosting(server.url);
      await host();
      const executor = open();
      const stream = executor.with({ highWaterMark: 2 }).stream(tasks.items, 10);
      const items = [(await stream.next()).value];
      const client = new Redis(server.url);
      // All that it may give.
      while ((await progressed(client, queue)) < 3);
      await client.config('SET', 'maxmemory', '1');
      for (let n = 0; n < 2; n += 1) items.push((await stream.next()).value);
      await refused(client);
      await client.config('SET', 'maxmemory', '0');
      client.disconnect();
      for await (const item of stream) items.push(item);
      expect(items).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await executor.shutdown();
    }));

  test('full: a task is refused with the reason, and later ones are taken', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host } = hosting(server.url);
      await host();
      const executor = open();
      expect(await executor.submit(tasks.double, 1)).toBe(2);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      await expect(executor.submit(tasks.double, 2)).rejects.toMatchObject({
        code: 'ERR_ENGINE_UNREACHABLE',
        message: expect.stringMatching(/full/),
      });
      await client.config('SET', 'maxmemory', '0');
      expect(await executor.submit(tasks.double, 3)).toBe(6);
      client.disconnect();
      await executor.terminate();
    }));

  test('full from the beginning: a task is refused with the reason, and later ones are taken', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host, hostHere } = hosting(server.url);
      const client = new Redis(server.url);
      await client.config('SET', 'maxmemory', '1');
      const executor = open();
      await expect(executor.submit(tasks.double, 1)).rejects.toMatchObject({
        code: 'ERR_ENGINE_UNREACHABLE',
        message: expect.stringMatching(/full/),
      });
      const refused = hostHere();
      await expect(refused.ready()).rejects.toMatchObject({ name: 'ReplyError' });
      await client.config('SET', 'maxmemory', '0');
      // One that is not ready takes none of them.
      await host();
      for (let n = 0; n < 20; n += 1) expect(await executor.submit(tasks.double, n)).toBe(2 * n);
      expect(refused.stats()).toMatchObject({ completed: 0 });
      client.disconnect();
      await executor.shutdown();
    }));

  test('full for an item of a stream: it rejects with the reason', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host } = hosting(server.url);
      await host();
      const executor = open();
      expect(await executor.submit(tasks.double, 1)).toBe(2);
      const client = new Redis(server.url);
      await leaveRoom(client, 2 ** 22);
      const ends = executor.stream(tasks.texts, 1, 2 ** 23).next();
      await expect(ends).rejects.toBeInstanceOf(EngineUnreachableError);
      await expect(ends).rejects.toMatchObject({ code: 'ERR_ENGINE_UNREACHABLE', cause: { name: 'ReplyError' } });
      client.disconnect();
      await executor.terminate();
    }));

  test('full for a result: it rejects with the reason', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host } = hosting(server.url);
      await host();
      const executor = open();
      expect(await executor.submit(tasks.double, 1)).toBe(2);
      const client = new Redis(server.url);
      await leaveRoom(client, 2 ** 22);
      await expect(executor.submit(tasks.text, 2 ** 23)).rejects.toMatchObject({
        code: 'ERR_ENGINE_UNREACHABLE',
        cause: { name: 'ReplyError' },
      });
      client.disconnect();
      await executor.terminate();
    }));

  test('full for one of the tasks that are added together: it is refused, and the others are accepted', () =>
    withRedis(['--maxmemory-policy', 'noeviction'], async (server) => {
      const { executor: open, host, traces } = hosting(server.url);
      const [, log] = [await host(), traces()];
      const executor = open();
      await executor.warmUp(2);
      expect(await executor.submit(tasks.double, 1)).toBe(2);
      const client = new Redis(server.url);
      await leaveRoom(client, 2 ** 22);
      const ends = await Promise.allSettled([
        executor.submit(tasks.trace, log.file, 'small'),
        executor.submit(tasks.trace, log.file, 'x'.repeat(2 ** 23)),
      ]);
      expect(ends).toMatchObject([
        { status: 'fulfilled', value: 'small' },
        { status: 'rejected', reason: { code: 'ERR_ENGINE_UNREACHABLE' } },
      ]);
      expect(log.lines()).toEqual(['small']);
      client.disconnect();
      await executor.terminate();
    }));
});

/** Lets a Redis take so many bytes more, and no others. */
async function leaveRoom(client: Redis, bytes: number): Promise<void> {
  const used = /^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1];
  await client.config('SET', 'maxmemory', `${Number(used) + bytes}`);
}

/** What is looked at again and again is so by `vi.advanceTimersByTime()` alone, to the end of the test. */
function fakeIntervals(): void {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets what is on its way in this process come. */
async function turns(client: Redis): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await client.ping();
}

/** Lets the time pass for what is looked at, until something has settled. */
async function passing(client: Redis, work: Promise<unknown>): Promise<void> {
  let hasSettled = false;
  Promise.allSettled([work]).then(() => {
    hasSettled = true;
  });
  while (!hasSettled) {
    vi.advanceTimersByTime(3000);
    await turns(client);
  }
}

/** Resolves when the time that a key has left was prolonged so often. Rejects when there is no such key any more. */
async function prolonged(client: Redis, key: string, times: number): Promise<void> {
  let last = Number.POSITIVE_INFINITY;
  for (let n = 0; n < times; ) {
    const left = await client.pttl(key);
    if (left < 0) throw new Error(`${key} is gone.`);
    if (left > last) n += 1;
    last = left;
  }
}

/** Resolves when a Redis that is full has refused something. */
async function refused(client: Redis): Promise<void> {
  await counted(client, /errorstat_OOM:count=(\d+)/, 1);
}

/** Resolves when what Redis tells of itself has come to so many. */
async function counted(client: Redis, what: RegExp, least: number): Promise<void> {
  while (Number(what.exec(await client.info('everything'))?.[1] ?? 0) < least);
}

/** Resolves when an attempt to connect has failed so often. */
async function triedAgain(client: Redis, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await closed(client);
}

/** How many items and reports have been sent in a queue. */
async function progressed(client: Redis, queue: string): Promise<number> {
  const events = await client.xrange(`bull:${queue}:events`, '-', '+');
  return events.filter(([, fields]) => fields.includes('progress')).length;
}

/** Resolves when Redis has the job of an executor's nth task: from then on it is accepted. */
async function hasJob(url: string, n: number): Promise<void> {
  const client = new Redis(url);
  while ((await client.keys(`*anypool-*-${n}`)).length === 0);
  client.disconnect();
}
