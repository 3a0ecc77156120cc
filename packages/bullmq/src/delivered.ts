import type { Redis } from 'ioredis';

/** How many jobs are removed at a time. */
const many = 500;
/** ms after which fewer are. */
const pause = 100;
/** How many are tried again at most, where they could not be removed. */
const kept = 10 * many;

/** Finished jobs whose outcomes have been delivered: Redis need not keep them. */
export class Delivered {
  readonly #client: Redis;
  readonly #toKey: (part: string) => string;
  #ids: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Redis, toKey: (part: string) => string) {
    this.#client = client;
    this.#toKey = toKey;
  }

  add(jobId: string): void {
    this.#ids.push(jobId);
    if (this.#ids.length % many === 0) void this.remove();
    else this.#timer ??= setTimeout(() => void this.remove(), pause).unref();
  }

  /**
   * Removes those that there are; what could not be removed is tried again with the next ones. Never rejects: what stays all the same goes by
   * its age.
   *
   * By what BullMQ 6.7 has of a job that is over and has neither children nor a log. Its own way, a script for each job, was a fourth of what
   * Redis did, and one event more for everybody who reads them.
   */
  async remove(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = this.#ids;
    if (ids.length === 0) return;
    this.#ids = [];
    // A Redis that is full removes, and refuses transactions.
    const removed = await this.#client
      .pipeline()
      .zrem(this.#toKey('completed'), ...ids)
      .zrem(this.#toKey('failed'), ...ids)
      .unlink(...ids.map(this.#toKey))
      .exec()
      .catch(() => null);
    if (removed === null || removed.some(([error]) => error !== null)) this.#ids = [...ids, ...this.#ids].slice(-kept);
  }
}
