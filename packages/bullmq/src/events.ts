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
  /** Of the last event that was heard, or before the first. */
  #heard: string | undefined;

  constructor(settings: EventsSettings) {
    this.#settings = settings;
  }

  /** From when it resolves, no event is missed. */
  async start(): Promise<void> {
    this.#heard = undefined;
    await this.#read();
  }

  async #read(): Promise<void> {
    const { client, queue, prefix, refusals, blockingTimeout, listen, missed } = this.#settings;
    // BullMQ's own beginning, '$', is where the stream is when Redis gets the first read, which may be after the first answer.
    const [last] = await client.xrevrange(`${prefix}:${queue}:events`, '+', '-', 'COUNT', 1);
    if (this.#isClosed) return;
    // What was there after the last that was heard has only not been read yet. A stream that is behind it is another one.
    const from = last === undefined ? '0-0' : earlier(last[0], this.#heard ?? last[0]);
    this.#heard = from;
    const events = new QueueEvents(queue, {
      connection: client,
      prefix,
      skipVersionCheck: true,
      autorun: false,
      lastEventId: from,
      blockingTimeout,
    });
    this.#events = events;
    events.on('error', () => {});
    const heard = (id: string): void => {
      if (this.#events === events) this.#heard = id;
    };
    for (const name of ['active', 'progress', 'completed', 'failed', 'stalled', 'removed'] as const)
      events.on(name, (_: unknown, id: string) => heard(id));
    listen(events);
    events.run().catch(() => {
      // An event that cannot be read ends BullMQ 6.7's reader: another goes on behind it (R3).
      if (this.#isClosed || this.#events !== events) return;
      refusals.count('event');
      void this.start().then(missed, () => {});
    });
    await events.waitUntilReady();
  }

  /** Reads on by another connection: by this one, nothing comes any more. */
  async restart(): Promise<void> {
    const old = this.#events;
    this.#events = undefined;
    await old?.close().catch(() => {});
    if (!this.#isClosed) await this.#read();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#events?.close().catch(() => {});
  }
}

/** The one of two ids that comes first: a time, and a place among those of that time. */
function earlier(one: string, other: string): string {
  const [[time = 0, place = 0], [otherTime = 0, otherPlace = 0]] = [parts(one), parts(other)];
  return time < otherTime || (time === otherTime && place < otherPlace) ? one : other;
}

function parts(id: string): number[] {
  return id.split('-').map(Number);
}
