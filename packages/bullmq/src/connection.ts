import { Redis, type RedisOptions } from 'ioredis';
import type { RedisConnection } from './options.js';

/** A connection that never keeps the process alive: what must, a task or a host, does so by itself (X6). */
class QuietRedis extends Redis {
  /** Those that were made of this one. */
  readonly copies: QuietRedis[] = [];

  constructor(options: RedisOptions) {
    super(options);
    this.on('connect', () => {
      const { stream } = this;
      if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
    });
    // Who waits for a command is told by that; ioredis goes on trying to connect.
    this.on('error', () => {});
  }

  // BullMQ 6.7 makes the connections that it blocks in this way, and ioredis 5 would make ordinary ones (X6).
  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = new QuietRedis({ ...this.options, ...override });
    this.copies.push(copy);
    return copy;
  }
}

export type { QuietRedis };

/** Opens a connection to Redis. */
export function connect(connection: RedisConnection): QuietRedis {
  const options = typeof connection === 'string' ? new Redis(connection, { lazyConnect: true }).options : connection;
  // BullMQ asks for `maxRetriesPerRequest: null`, and prints what it thinks of anything else.
  return new QuietRedis({ ...options, lazyConnect: false, maxRetriesPerRequest: null });
}

/** Ends a connection and its copies, at the latest after `limit` ms; never rejects. When it resolves, their sockets are gone. */
export async function disconnect(client: QuietRedis, limit: number): Promise<void> {
  // What was asked for last is still done.
  if (client.status === 'ready')
    await within(
      limit,
      client.quit().catch(() => {}),
    );
  const ends = [client, ...client.copies].map(ended);
  await within(limit, Promise.all(ends));
}

async function ended(client: Redis): Promise<void> {
  const { stream, status } = client;
  const closed =
    stream?.destroyed === false ? new Promise<void>((resolve) => void stream.once('close', resolve)) : undefined;
  if (status !== 'end') await new Promise<void>((resolve) => void client.once('end', resolve));
  await closed;
}

/** Waits for some work, and not for longer than `limit` ms. */
export async function within(limit: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
