import { QueueEvents } from './bullmq.js';
import type { QuietRedis } from './connection.js';
import type { Refusals } from './refusals.js';

/** Which events, and who hears of them. The connection is duplicated for the reads, which block. */
export interface EventsSettings {
  readonly client: QuietRedis;
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

/** ms until a reader that has failed is replaced, and those that it has at least before it is called stuck. */
const pause = 1000;

/** Every event that BullMQ 6.7 tells, as an id that was read is behind all before it. */
const told = [
  'active',
  'added',
  'cleaned',
  'completed',
  'deduplicated',
  'delayed',
  'duplicated',
  'failed',
  'paused',
  'progress',
  'removed',
  'resumed',
  'retries-exhausted',
  'stalled',
  'waiting',
  'waiting-children',
] as const;

/** Reads the events of a queue, whatever comes. */
export class Events {
  readonly #settings: EventsSettings;
  #events: QueueEvents | undefined;
  /** The connection that `#events` reads by. */
  #reader: QuietRedis | undefined;
  #replacing: Promise<void> | undefined;
  #isClosed = false;
  /** Of the last event that was heard, or before the first. */
  #heard: string | undefined;
  /** Bytes, when it was asked for them. */
  #read = 0;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(settings: EventsSettings) {
    this.#settings = settings;
  }

  /** From when it resolves, no event is missed. */
  async start(): Promise<void> {
    this.#heard = undefined;
    await this.#begin();
  }

  /** Whether all up to the event of that id has been heard. */
  hasHeard(id: string): boolean {
    return this.#heard !== undefined && earlier(this.#heard, id) === id;
  }

  /** Whether anything has come since this was asked last. */
  hasMoved(): boolean {
    const now = performance.now();
    // There was no time for it.
    if (now - this.#askedAt < pause) return true;
    this.#askedAt = now;
    const before = this.#read;
    this.#read = this.#reader?.stream?.bytesRead ?? 0;
    return this.#read !== before;
  }

  async #begin(): Promise<void> {
    const { client, queue, prefix, blockingTimeout, listen } = this.#settings;
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
    this.#reader = [...client.copies].at(-1);
    events.on('error', () => {});
    const heard = (id: string): void => {
      this.#heard = id;
    };
    for (const name of told) events.on(name, (_: unknown, id: string) => heard(id));
    events.on('drained', heard);
    listen(events);
    events.run().catch((error: unknown) => void this.#goOn(events, error));
    await events.waitUntilReady();
  }

  /** An event that cannot be read, or an answer that BullMQ 6.7 does not expect, ends its reader: another goes on (R3). */
  async #goOn(events: QueueEvents, error: unknown): Promise<void> {
    // Whoever else has replaced it meanwhile has done all that there was to do.
    const isWanted = () => !this.#isClosed && (this.#events === events || this.#events === undefined);
    if (this.#isClosed || this.#events !== events) return;
    if (error instanceof SyntaxError) {
      this.#settings.refusals.count('event');
      // Behind what could not be read.
      this.#heard = undefined;
    } else await this.#pause();
    while (isWanted()) {
      try {
        await this.restart();
        this.#settings.missed();
        return;
      } catch {
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, pause).unref());
  }

  /** Reads on by another connection: by this one, nothing comes any more. */
  async restart(): Promise<void> {
    // By two readers, each event would be heard twice.
    this.#replacing ??= this.#replace().finally(() => {
      this.#replacing = undefined;
    });
    await this.#replacing;
  }

  async #replace(): Promise<void> {
    const old = this.#events;
    this.#events = undefined;
    // What it has received and not told yet, the next one reads again.
    old?.removeAllListeners().on('error', () => {});
    await old?.close().catch(() => {});
    if (!this.#isClosed) await this.#begin();
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
