import { randomUUID } from 'node:crypto';
import { testConformance } from '@anypool/conformance/vitest';
import { afterAll, describe, test } from 'vitest';
import { fixtureModules, startHost } from './hosts.js';
import { findRedis } from './redis.js';

const redis = await findRedis();
if (redis === undefined) {
  describe('conformance', () => test.skip('THERE IS NO REDIS: nothing of @anypool/bullmq is tested. Set REDIS_URL.'));
} else {
  const queue = `conformance-${randomUUID()}`;
  // Scripts have it from the environment.
  Object.assign(process.env, { ANYPOOL_TEST_REDIS: redis.url, ANYPOOL_TEST_QUEUE: queue });
  const options = { connection: redis.url, queue, tasks: fixtureModules(), maxPayload: 2 ** 28 };
  const host = await startHost({ ...options, executor: { kind: 'process', maxWorkers: 24, idleTimeout: 3000 } });
  afterAll(async () => {
    await host.stop();
    await redis.stop();
  });
  testConformance({
    module: new URL('./adapter.js', import.meta.url).href,
    kinds: ['remote'],
    knownGaps: new URL('../known-gaps.json', import.meta.url),
  });
}
