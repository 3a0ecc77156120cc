// How the events of a queue are read.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { connect, disconnect } from '../src/connection.js';
import { Events } from '../src/events.js';
import { HostWatch } from '../src/host-watch.js';
import { Refusals } from '../src/refusals.js';
import { findRedis, removeKeys, startRedis } from './redis.js';

const redis = await findRedis();
afterAll(() => redis?.stop());
const own = await startRedis();
afterAll(() => own?.stop());

const ioredis = createRequire(import.meta.url).resolve('ioredis');

interface Reading {
  readonly events: Events;
  /** The ids of the jobs of which was heard. */
  readonly heard: string[];
  readonly refusals: Refusals;
  /** Another connection. */
  readonly client: Redis;
  readonly stream: string;
  /** Says that jobs have ended. */
  tell(...jobIds: readonly string[]): Promise<void>;
  /** Resolves when it is heard of a job. */
  until(jobId: string): Promise<void>;
  /** Resolves when the reader has been replaced by itself so often. */
  replaced(times: number): Promise<void>;
}

async function reading(url: string, body: (reading: Reading) => Promise<void>): Promise<void> {
  const [queue, client, connection] = [`test-${randomUUID()}`, new Redis(url), connect(url)];
  const [heard, refusals]: [string[], Refusals] = [[], new Refusals(queue)];
  let replaced = 0;
  const events = new Events({
    client: connection,
    queue,
    prefix: 'bull',
    refusals,
    blockingTimeout: 0,
    listen: (reader) => void reader.on('completed', ({ jobId }) => heard.push(jobId)),
    missed: () => {
      replaced += 1;
    },
  });
  const stream = `bull:${queue}:events`;
  const add = (jobId: string) => client.xadd(stream, '*', 'event', 'completed', 'jobId', jobId, 'returnvalue', '1');
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await events.start();
  await body({
    events,
    heard,
    refusals,
    client,
    stream,
    tell: async (...jobIds) => void (await Promise.all(jobIds.map(add))),
    until: (jobId) => until(() => heard.includes(jobId)),
    replaced: (times) => until(() => replaced >= times),
  });
  await events.close();
  await disconnect(connection, 1000);
  client.disconnect();
  await removeKeys(url, queue);
}

describe.skipIf(redis === undefined)('an event is heard once', () => {
  const url = redis?.url ?? '';

  test('where it had come, and was not read yet, when the reader is replaced', () =>
    reading(url, async ({ events, heard, stream, tell, until }) => {
      // Then it waits for more.
      await tell('first');
      await until('first');
      // While nothing is read here.
      const script = `const client = new (require(process.argv[1]).Redis)(process.argv[2]);
        const add = (id) => client.xadd(process.argv[3], '*', 'event', 'completed', 'jobId', id, 'returnvalue', '1');
        Promise.all(['1', '2', '3'].map(add)).then(() => client.disconnect());`;
      execFileSync(process.execPath, ['-e', script, ioredis, url, stream]);
      await events.restart();
      await tell('last');
      await until('last');
      expect(heard).toEqual(['first', '1', '2', '3', 'last']);
    }));

  test('where the reader is to be replaced twice at once', () =>
    reading(url, async ({ events, heard, tell, until }) => {
      await Promise.all([events.restart(), events.restart()]);
      await tell('1', '2', 'last');
      await until('last');
      expect(heard).toEqual(['1', '2', 'last']);
    }));
});

test.skipIf(redis === undefined)('a reader is not called stuck by who asks twice at once', () =>
  reading(redis?.url ?? '', async ({ events, tell, until }) => {
    expect([events.hasMoved(), events.hasMoved()]).toEqual([true, true]);
    const moved = async (): Promise<boolean> => {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      return events.hasMoved();
    };
    // The answers to how it began may come until then.
    await moved();
    expect(await moved()).toBe(false);
    await tell('one');
    await until('one');
    expect(await moved()).toBe(true);
  }),
);

describe.skipIf(own === undefined)('a reader that is replaced leaves no connection behind', () => {
  const url = own?.url ?? '';
  const connections = async (client: Redis) =>
    String(await client.client('LIST'))
      .trim()
      .split('\n').length;

  test('after events that cannot be read, which are counted', () =>
    reading(url, async ({ client, refusals, replaced, stream, tell, until }) => {
      const before = await connections(client);
      for (const time of [1, 2, 3]) {
        await client.xadd(stream, '*', 'event', 'progress', 'jobId', 'any', 'data', '{');
        await replaced(time);
      }
      expect(refusals.counted).toBe(3);
      await tell('last');
      await until('last');
      expect(await connections(client)).toBe(before);
    }));

  test('where Redis does not let it have its name', () =>
    reading(url, async ({ client, events, refusals, replaced }) => {
      const before = await connections(client);
      await client.call('ACL', 'SETUSER', 'default', '-client|setname');
      await events.restart();
      await replaced(2);
      await client.call('ACL', 'SETUSER', 'default', '+client|setname');
      expect(await connections(client)).toBeLessThanOrEqual(before);
      expect(refusals.counted).toBe(0);
    }));

  test('and a connection that has ended is forgotten', async () => {
    const client = connect(url);
    for (let time = 0; time < 3; time += 1) {
      const watch = new HostWatch(client, `test-${randomUUID()}`, 'bull');
      await watch.start();
      await watch.end();
    }
    while ([...client.copies].length > 0) await new Promise(setImmediate);
    await disconnect(client, 1000);
  });
});
