import { type Executor, UnsupportedOptionError } from '@anypool/core';
import { checkKind, checkOptions, createExecutorFrom, optionChecks } from '@anypool/core/backend';
import { EngineUnreachableError, PayloadTooLargeError } from './errors.js';
import { ModuleNames } from './modules.js';
import type { BullmqExecutorOptions } from './options.js';
import { defaultMaxPayload, queueChecks } from './queue-checks.js';
import { Refusals } from './refusals.js';
import { remoteBackend } from './remote-backend.js';
import { Signer } from './signature.js';
import { Wire } from './wire.js';

export { EngineUnreachableError, PayloadTooLargeError } from './errors.js';
export { createWorkerHost, type WorkerHost, type WorkerHostStats } from './host.js';
export type { BullmqExecutorOptions, QueueOptions, RedisConnection, WorkerHostOptions } from './options.js';

const ownChecks = {
  ...queueChecks,
  modules: optionChecks.record,
  retries: optionChecks.nonNegativeInteger,
  orphans: {
    allowed: "'cancel' or 'keep'",
    type: 'string',
    accepts: (value: string) => ['cancel', 'keep'].includes(value),
  },
  callerTimeout: optionChecks.positiveInteger,
  onDisconnect: {
    allowed: "'wait' or 'reject'",
    type: 'string',
    accepts: (value: string) => ['wait', 'reject'].includes(value),
  },
};

const refusalsOf = new WeakMap<Executor, Refusals>();

/**
 * Makes an executor whose tasks run on worker hosts, any number of them on any machine, by way of a BullMQ queue in Redis. See
 * `createWorkerHost()` for the other end.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for one that decides about workers, which are the hosts'.
 * Tasks reject with `EngineUnreachableError` or `PayloadTooLargeError` where they were not accepted, and with `WorkerCrashedError` where a
 * host died with one.
 *
 * @example
 * ```ts
 * import { createExecutor } from '@anypool/bullmq';
 * import { tasksFrom } from '@anypool/core';
 *
 * const images = tasksFrom<typeof import('./images.js')>(new URL('./images.js', import.meta.url));
 *
 * await using executor = createExecutor({ connection: 'redis://127.0.0.1:6379', queue: 'images' });
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function createExecutor(options: BullmqExecutorOptions): Executor {
  const {
    connection,
    queue,
    prefix = 'bull',
    secret,
    maxPayload = defaultMaxPayload,
    modules,
    retries = 0,
    orphans = 'cancel',
    callerTimeout = 15_000,
    onDisconnect = 'wait',
    ...common
  } = options;
  checkOptions(
    'bullmq: createExecutor',
    { connection, queue, prefix, secret, maxPayload, modules, retries, orphans, callerTimeout, onDisconnect },
    ownChecks,
  );
  for (const needed of ['connection', 'queue'] as const)
    if (options[needed] === undefined) throw new TypeError(`bullmq: createExecutor: ${needed} must be given.`);
  for (const option of ['initializer', 'finalizer'] as const)
    if (option in common && common[option as keyof typeof common] !== undefined)
      throw new UnsupportedOptionError(
        `bullmq: createExecutor: ${option} is not supported: the workers are the hosts'. Give it to the executor of each host.`,
        { option },
      );
  const kind = checkKind('bullmq', options.kind ?? 'remote', ['remote']);
  const refusals = new Refusals(queue);
  const backend = remoteBackend({
    connection,
    queue,
    prefix,
    wire: new Wire(queue, new Signer(secret), maxPayload),
    names: new ModuleNames(modules),
    refusals,
    maxQueue: common.maxQueue ?? Number.POSITIVE_INFINITY,
    retries,
    orphans,
    callerTimeout,
    onDisconnect,
    startTimeout: common.startTimeout ?? 30_000,
    stopTimeout: common.stopTimeout ?? 1000,
  });
  // What is no list is for core to refuse.
  const { errors = [] } = common;
  const known = Array.isArray(errors) ? [...errors, EngineUnreachableError, PayloadTooLargeError] : errors;
  const executor = createExecutorFrom(backend, { maxWorkers: 100, ...common, kind, errors: known });
  refusalsOf.set(executor, refusals);
  return executor;
}

/**
 * How many replies and messages the executor did not accept: unsigned ones where there is a `secret`, altered ones, nonsense. 0 for an
 * executor that is not of this package. `node:diagnostics_channel` tells of each as `anypool:bullmq:refused`.
 */
export function refusedReplies(executor: Executor): number {
  return refusalsOf.get(executor)?.counted ?? 0;
}
