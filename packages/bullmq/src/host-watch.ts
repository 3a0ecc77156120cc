import type { Redis } from 'ioredis';
import { Worker } from './bullmq.js';

/** ms between looks. */
const interval = 5000;

/** Hosts look for each other's deaths; where the last one has died, a caller does. */
export class HostWatch {
  readonly #client: Redis;
  readonly #queue: string;
  readonly #prefix: string;
  #worker: Worker | undefined;

  constructor(client: Redis, queue: string, prefix: string) {
    this.#client = client;
    this.#queue = queue;
    this.#prefix = prefix;
  }

  /** Looks from now on, until it is ended. A job whose host has died is told by the event `stalled`. */
  async start(): Promise<void> {
    if (this.#worker !== undefined) return;
    this.#worker = new Worker(this.#queue, null, {
      connection: this.#client,
      prefix: this.#prefix,
      skipVersionCheck: true,
      // It takes no jobs.
      autorun: false,
      maxStalledCount: 0,
      stalledInterval: interval,
    });
    this.#worker.on('error', () => {});
    await this.#worker.startStalledCheckTimer();
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.close(true);
  }
}
