import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A real Redis for tests, and how to be done with it. */
export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** The Redis that REDIS_URL names, else one on the default port, else one that is started here; undefined where there is none. */
export async function findRedis(): Promise<TestRedis | undefined> {
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  if (await answers(url)) return { url, stop: async () => {} };
  if (process.env['REDIS_URL'] !== undefined) throw new Error(`REDIS_URL is ${url}, where no Redis answers.`);
  return startRedis();
}

/** A Redis of one's own, to be stopped and started again, and to be filled. */
export interface OwnRedis extends TestRedis {
  readonly port: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with the same folder. */
  start(): Promise<void>;
}

/** Starts a Redis on a free port; undefined where there is no `redis-server`. */
export async function startRedis(...options: string[]): Promise<OwnRedis | undefined> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'anypool-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child: ReturnType<typeof spawn> | undefined;
  let ended: Promise<unknown> = Promise.resolve();

  async function start(): Promise<boolean> {
    const started = spawn(
      'redis-server',
      ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...options],
      { stdio: 'ignore' },
    );
    child = started;
    ended = new Promise((resolve) => started.once('exit', resolve).once('error', resolve));
    let isGone = false;
    void ended.then(() => {
      isGone = true;
    });
    while (!isGone) if (await answers(url)) return true;
    return false;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    child?.kill(signal);
    await ended;
  }

  if (!(await start())) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return {
    port,
    url,
    kill: () => end('SIGKILL'),
    async start() {
      if (!(await start())) throw new Error(`Redis did not start again on port ${port}.`);
    },
    async stop() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Removes what a test has left under the name of its queue, from a server that outlives the test; one that is gone has nothing left. */
export async function removeKeys(url: string, queue: string): Promise<void> {
  if (!(await answers(url))) return;
  await withClient(url, async (client) => {
    let cursor = '0';
    do {
      const [next, keys] = await client.scan(cursor, 'MATCH', `*${queue}*`, 'COUNT', 1000);
      if (keys.length > 0) await client.unlink(keys);
      cursor = next;
    } while (cursor !== '0');
  });
}

async function answers(url: string): Promise<boolean> {
  return withClient(url, async (client) => (await client.ping()) === 'PONG').catch(() => false);
}

/** With a client that never waits for a server that is not there. */
async function withClient<T>(url: string, body: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await body(client);
  } finally {
    client.disconnect();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject() : resolve(address.port)));
    });
  });
}
