import { randomUUID } from 'node:crypto';
import { fixtureModules, startHost } from '../packages/bullmq/test/hosts.ts';
import { findRedis } from '../packages/bullmq/test/redis.ts';

/** Starts what a remote executor needs to be tested: a real Redis and a worker host. undefined where there is no Redis. */
export async function startRemoteHost() {
  const redis = await findRedis();
  if (redis === undefined) return undefined;
  const queue = `conformance-${randomUUID()}`;
  const host = await startHost({
    connection: redis.url,
    queue,
    tasks: fixtureModules(),
    maxPayload: 2 ** 28,
    executor: { kind: 'process', maxWorkers: 24, idleTimeout: 3000 },
  });
  return {
    // What packages/bullmq/test/adapter.js connects to.
    env: { ANYPOOL_TEST_REDIS: redis.url, ANYPOOL_TEST_QUEUE: queue },
    async stop() {
      await host.stop();
      await redis.stop();
    },
  };
}
