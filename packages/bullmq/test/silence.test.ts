import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect, disconnect, type QuietRedis } from '../src/connection.js';
import { SilenceWatch } from '../src/silence-watch.js';
import { closed, twoWays } from './cut-connection.js';
import { findRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('a connection to which nothing comes any more', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function open() {
    const { client: other, proxy } = await twoWays(redis?.url ?? '');
    const client = connect(proxy.url);
    const key = `test-${randomUUID()}`;
    onTestFinished(async () => {
      await disconnect(client, 1000);
      await other.unlink(key);
    });
    await once(client, 'ready');
    return { client, proxy, key };
  }

  /** Resolves when all that was asked has been answered, and heard. */
  async function settled(client: QuietRedis): Promise<void> {
    await client.ping();
    await new Promise(setImmediate);
  }

  /** Looks for so many seconds, once in five. */
  function look(watch: SilenceWatch, client: QuietRedis, seconds: number): void {
    for (let passed = 0; passed < seconds; passed += 5) {
      watch.look(() => client.ping());
      vi.advanceTimersByTime(5000);
    }
    watch.look(() => client.ping());
  }

  test('is made anew, and what was asked is answered', async () => {
    const { client, proxy } = await open();
    const { stream } = client;
    proxy.swallow();
    const answer = client.ping();
    look(new SilenceWatch(client), client, 15);
    expect(await answer).toBe('PONG');
    expect(client.stream).not.toBe(stream);
  });

  test('is kept where nothing is owed', async () => {
    const { client } = await open();
    const [{ stream }, watch] = [client, new SilenceWatch(client)];
    for (let looks = 0; looks < 20; looks += 1) {
      look(watch, client, 0);
      await settled(client);
      vi.advanceTimersByTime(60_000);
    }
    expect(client.stream).toBe(stream);
    expect(watch.isHeard).toBe(true);
  });

  test('is kept as long as what is large may be on its way, though what went before was answered', async () => {
    const { client, proxy, key } = await open();
    const [{ stream }, watch] = [client, new SilenceWatch(client)];
    const before = client.ping();
    watch.look(() => before);
    proxy.limit(2 ** 18);
    const set = client.set(key, 'x'.repeat(2 ** 20));
    await before;
    await new Promise(setImmediate);
    look(watch, client, 90);
    expect(stream.destroyed).toBe(false);
    look(watch, client, 60);
    expect(stream.destroyed).toBe(true);
    expect(await set).toBe('OK');
  });

  test('has twice the time for it on the next', async () => {
    const { client, proxy, key } = await open();
    const watch = new SilenceWatch(client);
    proxy.limit(2 ** 18);
    const set = client.set(key, 'x'.repeat(2 ** 20));
    look(watch, client, 120);
    await once(client, 'connect');
    proxy.limit(2 ** 18);
    await once(client, 'ready');
    const { stream } = client;
    look(watch, client, 200);
    expect(stream.destroyed).toBe(false);
    look(watch, client, 50);
    expect(stream.destroyed).toBe(true);
    expect(await set).toBe('OK');
  });

  test('is not heard by another before that has answered', async () => {
    const { client, proxy } = await open();
    const watch = new SilenceWatch(client);
    look(watch, client, 0);
    expect(watch.isHeard).toBe(false);
    await settled(client);
    expect(watch.isHeard).toBe(true);
    proxy.swallow();
    look(watch, client, 15);
    await once(client, 'ready');
    look(watch, client, 0);
    expect(watch.isHeard).toBe(false);
    // What was asked on the first one is answered now, and says nothing yet.
    await settled(client);
    look(watch, client, 0);
    await settled(client);
    expect(watch.isHeard).toBe(true);
  });

  test('is made anew as soon as any other where all that was large has come', async () => {
    const { client, proxy, key } = await open();
    const watch = new SilenceWatch(client);
    await client.set(key, 'x'.repeat(2 ** 20));
    look(watch, client, 0);
    await settled(client);
    proxy.swallow();
    const answer = client.ping();
    look(watch, client, 15);
    expect(await answer).toBe('PONG');
  });

  test('is made anew as soon as any other, whatever has been said and answered since it was looked at', async () => {
    const { client, proxy, key } = await open();
    const watch = new SilenceWatch(client);
    look(watch, client, 0);
    await settled(client);
    for (let n = 0; n < 8; n += 1) await client.set(key, 'x'.repeat(2 ** 20));
    proxy.swallow();
    const answer = client.ping();
    // And whatever is still said.
    for (let looks = 0; looks < 4; looks += 1) {
      client.set(key, 'x'.repeat(2 ** 20)).catch(() => {});
      look(watch, client, 0);
      vi.advanceTimersByTime(5000);
    }
    expect(await answer).toBe('PONG');
  });

  test('is kept, if it must not linger, where it cannot be reset', async () => {
    const { client, proxy } = await open();
    const { stream } = client;
    // As with TLS.
    vi.spyOn(stream, 'resetAndDestroy').mockImplementation(() => {
      throw new Error('This handle type cannot be sent');
    });
    proxy.swallow();
    client.ping().catch(() => {});
    look(new SilenceWatch(client, { mayLinger: false }), client, 60);
    expect(stream.destroyed).toBe(false);
    look(new SilenceWatch(client), client, 60);
    expect(stream.destroyed).toBe(true);
  });

  test('is made anew as soon as any other, however long there was none', async () => {
    const { client, proxy } = await open();
    const watch = new SilenceWatch(client);
    look(watch, client, 0);
    await settled(client);
    expect(watch.isHeard).toBe(true);
    proxy.hold();
    const answer = client.ping();
    await Promise.all([closed(client), proxy.cut()]);
    look(watch, client, 600);
    expect(watch.isHeard).toBe(false);
    proxy.swallowNew();
    await Promise.all([new Promise((resolve) => client.once('connect', resolve)), proxy.mend()]);
    const { stream } = client;
    look(watch, client, 15);
    expect(stream.destroyed).toBe(true);
    client.disconnect();
    await expect(answer).rejects.toThrow('Connection is closed.');
  });

  test('is made anew before it has been ready, too', async () => {
    const { proxy } = await open();
    proxy.swallowNew();
    const client = connect(proxy.url);
    onTestFinished(() => disconnect(client, 1000));
    await once(client, 'connect');
    const { stream } = client;
    look(new SilenceWatch(client), client, 15);
    expect(stream.destroyed).toBe(true);
  });
});
