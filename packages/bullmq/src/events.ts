import type { Redis } from 'ioredis';
import { QueueEvents } from './bullmq.js';
import type { Refusals } from './refusals.js';

/** Which events, and who hears of them. The connection is duplicated for the reads, which block. */
export interface EventsSettings {
  readonly client: Redis;
  readonly queue: string;
  readonly prefix: string;
  readonly refusals: Refusals;
  /** ms of a read, see BullMQ's `blockingTimeout`. */
  readonly blockingTimeout: number;
  /** Adds the listeners. */
  listen(events: QueueEvents): void;
  /** What came before now may have been missed. */
  missed(): void;
}

/** Reads the events of a queue, whatever comes. */
export class Events {
  readonly #settings: EventsSettings;
  #events: QueueEvents | undefined;
  #isClosed = false;

  constructor(settings: EventsSettings) {
    this.#settings = settings;
  }

  /** From when it resolves, no event is missed. */
  async start(): Promise<void> {
    const { client, queue, prefix, refusals, blockingTimeout, listen, missed } = this.#settings;
    // BullMQ's own beginning, '$', is where the stream is when Redis gets the first read, which may be after the first answer.
    const [last] = await client.xrevrange(`${prefix}:${queue}:events`, '+', '-', 'COUNT', 1);
    if (this.#isClosed) return;
    const events = new QueueEvents(queue, {
      connection: client,
      prefix,
      skipVersionCheck: true,
      autorun: false,
      lastEventId: last?.[0] ?? '0-0',
      blockingTimeout,
    });
    this.#events = events;
    events.on('error', () => {});
    listen(events);
    events.run().catch(() => {
      // An event that cannot be read ends BullMQ 6.7's reader: another goes on behind it (R3).
      if (this.#isClosed || this.#events !== events) return;
      refusals.count('event');
      void this.start().then(missed, () => {});
    });
    await events.waitUntilReady();
  }

  /** Reads by another connection: by this one, nothing comes any more. */
  async restart(): Promise<void> {
    const old = this.#events;
    this.#events = undefined;
    await old?.close().catch(() => {});
    if (!this.#isClosed) await this.start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#events?.close().catch(() => {});
  }
}
