// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.

import { type BullmqExecutorOptions, createExecutor, createWorkerHost, type WorkerHost } from '@anypool/bullmq';
import type { Executor } from '@anypool/core';

declare const local: Executor;

const executor: Executor = createExecutor({ connection: 'redis://127.0.0.1:6379', queue: 'images' });
createExecutor({
  connection: { host: 'redis', tls: {}, username: 'anypool' },
  queue: 'images',
  kind: 'remote',
  retries: 1,
});
createExecutor({ connection: {}, queue: 'images', secret: ['new', new Uint8Array(32)], prefix: undefined });
const host: WorkerHost = createWorkerHost({ connection: {}, queue: 'images', tasks: ['/work.js'], executor: local });
createWorkerHost({ connection: {}, queue: 'images', tasks: { work: new URL('file:///work.js') }, executor: local });

// @ts-expect-error: neither connection nor queue
createExecutor();
// @ts-expect-error: no queue
createExecutor({ connection: {} });
// @ts-expect-error: its workers are remote
createExecutor({ connection: {}, queue: 'images', kind: 'process' });
// @ts-expect-error: what initializes workers is the hosts' affair
createExecutor({ connection: {}, queue: 'images', initializer: undefined, resourceLimits: {} });
// @ts-expect-error: 'cancel' or 'keep'
const options: BullmqExecutorOptions = { connection: {}, queue: 'images', orphans: 'forget' };
// @ts-expect-error: a host has an executor
createWorkerHost({ connection: {}, queue: 'images', tasks: [] });

export { executor, host, options };
