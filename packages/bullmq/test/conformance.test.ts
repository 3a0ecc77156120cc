import { testConformance } from '@anypool/conformance/vitest';
import { afterAll, describe, test } from 'vitest';
import { startConformanceHost } from './hosts.js';
import { findRedis, removeKeys } from './redis.js';

const redis = await findRedis();
if (redis === undefined) {
  describe('conformance', () => test.skip('THERE IS NO REDIS: nothing of @anypool/bullmq is tested. Set REDIS_URL.'));
} else {
  const host = await startConformanceHost(redis.url);
  // Scripts have it from the environment.
  Object.assign(process.env, host.env);
  afterAll(async () => {
    await host.stop();
    await removeKeys(redis.url, host.queue);
    await redis.stop();
  });
  testConformance({
    module: new URL('./adapter.js', import.meta.url).href,
    kinds: ['remote'],
    knownGaps: new URL('../known-gaps.json', import.meta.url),
  });
}
