// What the conformance suite takes for the adapter: an executor of the queue that the test's hosts serve.
import { createExecutor as create } from '@anypool/bullmq';

const { ANYPOOL_TEST_REDIS: connection, ANYPOOL_TEST_QUEUE: queue } = process.env;

export function createExecutor(options) {
  return create({ connection, queue, maxPayload: 2 ** 28, ...options });
}
