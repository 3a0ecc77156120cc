import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';

/** A way to Redis that can be cut. */
export interface Proxy {
  readonly url: string;
  /**
   * Lets nothing of what Redis says pass any more, until the connections are cut. With a command, only on connections that have sent it, and
   * tells how many they are.
   */
  hold(command?: string): number;
  /** Lets no more than so many bytes of what Redis says pass in a tenth of a second, on each connection that there is. */
  slow(bytes: number): void;
  /** Lets nothing pass any more, either way, on the connections that there are, and does not cut them. */
  swallow(): void;
  /** Lets nothing pass on the connections that come from now on, either. */
  swallowNew(): void;
  /** All that was said to Redis, in lower case, but for what came after a limit. */
  said(): string;
  /** Lets no connection say more than so many bytes to Redis from now on; without a number, they go on. */
  limit(bytes?: number): void;
  /** How many connections have come to it. */
  limited(): number;
  /** How many connections there have been. */
  connections(): number;
  /** Ends all connections, and takes no new ones. */
  cut(): Promise<void>;
  /** Ends those connections that have come to their limit, and takes no new ones; tells how many they are. Of none, it does nothing. */
  cutLimited(): number;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A way to a Redis that can be cut, and another one for the test itself. Both end with it, however it does. */
export async function twoWays(url: string): Promise<{ readonly proxy: Proxy; readonly client: Redis }> {
  const [client, proxy] = [new Redis(url), await startProxy(url)];
  onTestFinished(async () => {
    client.disconnect();
    await proxy.close();
  });
  return { client, proxy };
}

/** Resolves when the next connection is closed, with an error or without. */
export function closed(client: Redis): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}

/** Starts a proxy on 127.0.0.1 in front of a Redis. */
export async function startProxy(url: string): Promise<Proxy> {
  const { hostname, port: target } = new URL(url);
  const sockets = new Set<Socket>();
  const slows = new Set<(bytes: number) => void>();
  const swallows = new Set<() => void>();
  const said: string[] = [];
  let swallowsNew = false;
  const holds = new Set<(command: string) => boolean>();
  const limits = new Set<(bytes: number) => void>();
  const limited = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(Number(target || 6379), hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    if (swallowsNew) client.resume();
    else client.pipe(redis).pipe(client);
    const place = said.push('') - 1;
    let left = Number.POSITIVE_INFINITY;
    client.on('data', (data) => {
      if (left === Number.POSITIVE_INFINITY) said[place] += data.toString('latin1').toLowerCase();
      left -= data.length;
      if (left >= 0) return;
      limited.add(client);
      client.unpipe(redis).pause();
    });
    const limit = (bytes: number): void => {
      if (limited.delete(client)) client.pipe(redis);
      left = bytes;
    };
    const hold = (command: string): boolean => {
      if (!said[place]?.includes(command)) return false;
      redis.unpipe(client);
      return true;
    };
    const slow = (bytes: number): void => {
      redis.unpipe(client);
      const kept: Buffer[] = [];
      redis.on('data', (data: Buffer) => kept.push(data)).resume();
      const timer = setInterval(() => {
        const all = Buffer.concat(kept.splice(0));
        client.write(all.subarray(0, bytes));
        if (all.length > bytes) kept.push(all.subarray(bytes));
      }, 100);
      client.on('close', () => clearInterval(timer));
    };
    const swallow = (): void => {
      client.unpipe(redis).resume();
      redis.unpipe(client).resume();
    };
    slows.add(slow);
    swallows.add(swallow);
    holds.add(hold);
    limits.add(limit);
    client.on('close', () => {
      slows.delete(slow);
      swallows.delete(swallow);
      holds.delete(hold);
      limits.delete(limit);
      limited.delete(client);
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const { port } = address;
  const cut = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    hold: (command = '') => [...holds].filter((hold) => hold(command)).length,
    slow(bytes) {
      for (const slow of slows) slow(bytes);
    },
    swallow() {
      for (const swallow of swallows) swallow();
    },
    swallowNew() {
      swallowsNew = true;
    },
    said: () => said.join(''),
    limit(bytes = Number.POSITIVE_INFINITY) {
      for (const limit of limits) limit(bytes);
    },
    limited: () => limited.size,
    connections: () => said.length,
    cut,
    cutLimited() {
      const cut = [...limited];
      if (cut.length > 0) server.close();
      for (const socket of cut) socket.destroy();
      return cut.length;
    },
    mend: () => listen(port),
    async close() {
      if (server.listening) await cut();
    },
  };
}
