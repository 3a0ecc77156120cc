import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { oneAtATime } from './one-at-a-time.js';

/** ms for which a host counts after its last sign of life. */
const lifetime = 15_000;

/** How many tasks the hosts of a queue can run at once, which Redis itself does not know: each host says so, again and again. */
export class Hosts {
  readonly #client: Redis;
  readonly #key: string;
  readonly #id: string = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  #isRetired = false;

  constructor(client: Redis, prefix: string, queue: string) {
    this.#client = client;
    this.#key = `${prefix}:${queue}:hosts`;
  }

  /** Says that here is a host, from now on; not of one that has retired. */
  async announce(concurrency: number): Promise<void> {
    if (this.#isRetired) return;
    await this.#tell(concurrency);
    if (this.#isRetired) return;
    const tellAgain = oneAtATime(() => this.#tell(concurrency));
    this.#timer = setInterval(tellAgain, lifetime / 3).unref();
    // A host that was killed could not retire: whoever comes after it forgets it.
    await this.capacity().catch(() => 0);
  }

  async #tell(concurrency: number): Promise<void> {
    // A Redis that is full refuses the first, and prolongs what is there (R3).
    const key = this.#keyOf(this.#id);
    const told = this.#client.multi().sadd(this.#key, this.#id).set(key, concurrency, 'PX', lifetime).exec();
    await Promise.all([told, this.#client.pexpire(key, lifetime)]);
  }

  async retire(): Promise<void> {
    this.#isRetired = true;
    clearInterval(this.#timer);
    await this.#client.multi().srem(this.#key, this.#id).del(this.#keyOf(this.#id)).exec();
  }

  /** The sum of what all hosts can run at once; those that have died are forgotten. */
  async capacity(): Promise<number> {
    const ids = await this.#client.smembers(this.#key);
    if (ids.length === 0) return 0;
    const values = await this.#client.mget(ids.map((id) => this.#keyOf(id)));
    const dead = ids.filter((_, place) => values[place] === null);
    if (dead.length > 0) await this.#client.srem(this.#key, ...dead);
    return values.reduce((sum, value) => sum + (Number(value) || 0), 0);
  }

  #keyOf(id: string): string {
    return `${this.#key}:${id}`;
  }
}
