import type { Redis } from 'ioredis';
import { isElsewhere, parsed } from './wire.js';

/** What Redis has of a job. */
export interface Known {
  readonly hasBegun: boolean;
  readonly hasCompleted: boolean;
  /** Whether a host says that it has it. */
  readonly isHeld: boolean;
  readonly failure?: string;
}

/** The beginning of the last message of a job, as BullMQ 6.7 keeps it: the whole may be large. */
const messageScript = `return string.sub(redis.call('HGET', KEYS[1], 'progress') or '', 1, 40)`;
/** The id of the last event of a stream, which may be large, too. */
const eventScript = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return last and last[1] or '0-0'`;

/** Looks at what Redis has of the jobs of a queue. */
export class Jobs {
  readonly #client: Redis;
  readonly #toKey: (part: string) => string;

  constructor(client: Redis, toKey: (part: string) => string) {
    this.#client = client;
    this.#toKey = toKey;
  }

  /** What is known of a job, if Redis has it: not all, as its arguments may be large, and those that wait are asked for again and again. */
  async known(jobId: string): Promise<Known | undefined> {
    const key = this.#toKey(jobId);
    // By the names that BullMQ 6.7 has for them there; what it adds, has a time.
    const fields = ['timestamp', 'processedOn', 'finishedOn', 'failedReason', 'defa'];
    const [found, locks] = await Promise.all([this.#client.hmget(key, ...fields), this.#client.exists(`${key}:lock`)]);
    const [timestamp = null, processedOn, finishedOn, failedReason, deferred] = found;
    if (timestamp === null) return undefined;
    const failure = failedReason || deferred;
    const hasCompleted = Boolean(finishedOn) && !failedReason;
    return { hasBegun: Boolean(processedOn), hasCompleted, isHeld: locks === 1, ...(failure && { failure }) };
  }

  /** The reply of a job that has ended, and nothing else of it: its arguments and messages may be large. */
  async reply(jobId: string): Promise<{ readonly reply: unknown } | undefined> {
    const key = this.#toKey(jobId);
    const [timestamp = null, returnvalue = null] = await this.#client.hmget(key, 'timestamp', 'returnvalue');
    if (timestamp === null) return undefined;
    const reply = parsed(returnvalue ?? 'null');
    if (!isElsewhere(reply)) return { reply };
    const data = await this.#client.hget(key, 'data');
    return data === null ? undefined : { reply: parsed(data) };
  }

  /** Whether a job is with a host, as far as BullMQ knows. */
  async isActive(jobId: string): Promise<boolean> {
    return (await this.#client.lpos(this.#toKey('active'), jobId)) !== null;
  }

  /** How many messages of a call its host has sent. */
  async sent(jobId: string): Promise<number> {
    const head = await this.#client.eval(messageScript, 1, this.#toKey(jobId));
    const place = /^\{"place":(\d+),/.exec(String(head))?.[1];
    return place === undefined ? 0 : Number(place) + 1;
  }

  /** The id of the last event that was told. */
  async lastEvent(): Promise<string> {
    return String(await this.#client.eval(eventScript, 1, this.#toKey('events')));
  }
}
