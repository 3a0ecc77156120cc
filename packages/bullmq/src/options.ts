import type { Executor, ExecutorOptions } from '@anypool/core';
import type { RedisOptions } from 'ioredis';

/**
 * Where Redis is: a `redis://` or `rediss://` URL, or ioredis's options, which TLS and ACL options are part of. A `retryStrategy` says how long
 * to wait before the next attempt to connect; where it gives nothing, there is one all the same, after 2 s at most.
 */
export type RedisConnection = string | RedisOptions;

/** What an executor and its hosts must agree about. */
export interface QueueOptions {
  /** Where Redis is. */
  readonly connection: RedisConnection;
  /** The queue's name, which executor and hosts share. It must not contain a colon. */
  readonly queue: string;
  /** What the queue's keys in Redis begin with. Default `'bull'`, which is BullMQ's. */
  readonly prefix?: string | undefined;
  /**
   * Signs calls and replies (HMAC-SHA256): who does not have it can neither make a host run a task nor answer one. Of several, the first signs
   * and all are accepted, so that it can be changed without a stop. Default none: whoever can write to Redis is trusted.
   */
  readonly secret?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** Bytes that the arguments or the result of a task may have, as they travel; a view counts with the whole of its memory. Default 16 MiB. */
  readonly maxPayload?: number | undefined;
}

/** The options that all executors have and that make sense where the workers are hosts of their own. */
type CommonOptions = Pick<
  ExecutorOptions,
  'name' | 'idleTimeout' | 'stopTimeout' | 'startTimeout' | 'starvationThreshold' | 'errors'
>;

/** Options of `createExecutor()`. */
export interface BullmqExecutorOptions extends QueueOptions, CommonOptions {
  readonly kind?: 'remote' | undefined;
  /** How many of its tasks are in Redis or with hosts at once, at most; the others wait in this process. Default 100. */
  readonly maxWorkers?: number | undefined;
  /** How many tasks may wait, in the queue in Redis (everybody's) or here; past it `submit` rejects with `QueueFullError`. Default Infinity. */
  readonly maxQueue?: number | undefined;
  /**
   * The names by which hosts know task modules, where they are not the modules' file names without their extension:
   * `{ images: new URL('./work/images.js', import.meta.url) }`.
   */
  readonly modules?: Readonly<Record<string, URL | string>> | undefined;
  /** How often a task whose host died is given to another host. It may have had effects by then. Default 0. */
  readonly retries?: number | undefined;
  /**
   * What becomes of this executor's tasks if its process dies: `'cancel'`: hosts take none of them up any more and cancel those that run,
   * after `callerTimeout`; `'keep'`: they run to their ends. Default `'cancel'`.
   */
  readonly orphans?: 'cancel' | 'keep' | undefined;
  /** ms without a sign of life after which hosts take this process for dead. Default 15,000. */
  readonly callerTimeout?: number | undefined;
  /**
   * What a lost connection means: `'wait'`: tasks wait for Redis to be back, and go on; `'reject'`: they reject, those that were accepted with
   * `WorkerCrashedError`, and new ones with `EngineUnreachableError`. Default `'wait'`.
   */
  readonly onDisconnect?: 'wait' | 'reject' | undefined;
}

/** Options of `createWorkerHost()`. */
export interface WorkerHostOptions extends QueueOptions {
  /**
   * The task modules that may be run, and nothing else: by their names, or a list of files, each of which has its file name without the
   * extension for a name. File URLs, absolute paths, or built-in modules such as `node:zlib`.
   */
  readonly tasks: Readonly<Record<string, URL | string>> | readonly (URL | string)[];
  /** What runs the tasks: any executor of this process. It stays yours, to be shut down after the host is closed. */
  readonly executor: Executor;
  /** How many tasks it takes at once. Default: the executor's `maxWorkers`, which must not be Infinity then. */
  readonly concurrency?: number | undefined;
  /** Names the host in BullMQ's tools. Default: the machine's name and the process id. */
  readonly name?: string | undefined;
  /** ms after which a host that gives no sign of life has lost its tasks. Default 30,000. The same for all hosts of a queue. */
  readonly stallTime?: number | undefined;
}
