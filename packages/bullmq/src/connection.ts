import { Redis, type RedisOptions } from 'ioredis';
import type { RedisConnection } from './options.js';

/** ms until TCP asks whether the other end of a connection on which nothing is said is there. What is between may forget it. */
const keptAlive = 10_000;

/** A connection that never keeps the process alive: what must, a task or a host, does so by itself (X6). */
class QuietRedis extends Redis {
  /** Those that were made of this one, and have not ended. */
  readonly copies: Set<QuietRedis> = new Set();
  /** Why there is no connection, as far as is known. */
  lastError: Error | undefined;

  constructor(options: RedisOptions) {
    super(options);
    const unrefSocket = () => unref(this.stream);
    // ioredis has the socket some ticks after it says that it connects.
    this.on('connecting', () => void setImmediate(unrefSocket));
    this.on('connect', unrefSocket);
    this.on('reconnecting', () => unref(Reflect.get(this, 'reconnectTimeout')));
    let wasReady = false;
    this.on('ready', () => {
      wasReady = true;
      this.lastError = undefined;
    });
    this.on('end', () => this.#rejectWhatIsLeft());
    // Who waits for a command is told by that; ioredis goes on trying to connect.
    this.on('error', (error) => {
      this.lastError = error;
      // Where the database cannot be had, ioredis 5 goes on with the first one. There, others may be at work: it is none, or not yet one again.
      if (isOfDatabase(error)) this.disconnect(wasReady);
    });
  }

  // BullMQ 6.7 makes the connections that it blocks in this way, and ioredis 5 would make ordinary ones (X6).
  override duplicate(override?: Partial<RedisOptions>): QuietRedis {
    const copy = new QuietRedis({ ...this.options, keepAlive: this.options.keepAlive || keptAlive, ...override });
    this.copies.add(copy);
    // BullMQ has some connect again that have ended.
    copy.on('connecting', () => this.copies.add(copy)).on('end', () => this.copies.delete(copy));
    return copy;
  }

  override disconnect(reconnect = false): void {
    if (reconnect || this.#hasSocket()) {
      super.disconnect(reconnect);
      return;
    }
    if (this.status === 'end') return;
    // Between two attempts, ioredis 5 would never say 'end', nor reject what waits to be sent. As one that has not connected yet, it does.
    if (this.status === 'reconnecting') this.status = 'wait';
    super.disconnect();
  }

  // What was on its way at a cut, ioredis 5 keeps for the next connection, and forgets where the next one was closed at once (X6).
  #rejectWhatIsLeft(): void {
    const left: unknown = Reflect.get(this, 'prevCommandQueue');
    if (!isQueue(left)) return;
    for (let next = left.shift(); next !== undefined; next = left.shift())
      next.command.reject(new Error('Connection is closed.'));
  }

  /** How many bytes what Redis is to answer next has: nothing else keeps that answer. 0 where it owes none. */
  get owedBytes(): number {
    const owed: unknown = Reflect.get(this, 'commandQueue');
    const next = isQueue(owed) ? owed.peekFront()?.command : undefined;
    return next === undefined ? 0 : next.args.reduce((bytes, arg) => bytes + Buffer.byteLength(arg), next.name.length);
  }

  #hasSocket(): boolean {
    // Before its first connection, ioredis has none, whatever its types say.
    const stream: QuietRedis['stream'] | null | undefined = this.stream;
    return stream?.destroyed === false;
  }
}

/** What ioredis 5 has sent, and keeps until the answer. */
interface CommandQueue {
  shift(): Sent | undefined;
  peekFront(): Sent | undefined;
}

interface Sent {
  readonly command: {
    readonly name: string;
    readonly args: readonly (string | Buffer)[];
    reject(error: Error): void;
  };
}

function isQueue(value: unknown): value is CommandQueue {
  return typeof value === 'object' && value !== null && 'shift' in value && 'peekFront' in value;
}

/** Whether Redis has refused a database that is asked for, and not the user. */
function isOfDatabase(error: Error): boolean {
  const { command } = error as { readonly command?: { readonly name?: unknown } };
  return command?.name === 'select' && /^(ERR|NOPERM)\b/.test(error.message);
}

function unref(holder: unknown): void {
  if (typeof holder !== 'object' || holder === null || !('unref' in holder)) return;
  if (typeof holder.unref === 'function') holder.unref();
}

export type { QuietRedis };

/** ms between two attempts to connect, at most, where the user has not said how many: what ioredis 5 takes. */
const longestPause = 2000;

/** Opens a connection to Redis. */
export function connect(connection: RedisConnection): QuietRedis {
  const options = typeof connection === 'string' ? new Redis(connection, { lazyConnect: true }).options : connection;
  // Where there is no pause to come, ioredis 5 ends the connection, and what waits for Redis would wait for ever.
  const retryStrategy = (attempt: number) => options.retryStrategy?.(attempt) ?? Math.min(attempt * 50, longestPause);
  return new QuietRedis({
    ...options,
    retryStrategy,
    lazyConnect: false,
    // BullMQ asks for it, and prints what it thinks of anything else.
    maxRetriesPerRequest: null,
    // What was on its way at a cut would never settle.
    autoResendUnfulfilledCommands: true,
    // A host's reply would be lost at a cut.
    enableOfflineQueue: true,
    // ioredis 5 rejects what it goes on to send: a task would be refused, and run (R3).
    commandTimeout: undefined,
    // Whoever waits for tasks or events is silent for as long as there are none, and their timers hold the process (X6).
    socketTimeout: undefined,
    blockingTimeout: undefined,
    // Neither BullMQ nor this package reads numbers so.
    stringNumbers: false,
  });
}

/** Ends a connection and its copies, at the latest after twice `limit` ms; never rejects. None of them connects again. */
export async function disconnect(client: QuietRedis, limit: number): Promise<void> {
  const all = [client, ...client.copies];
  const ends = Promise.all(all.map(ended));
  // What was asked for last is still done.
  if (client.status === 'ready')
    await within(
      limit,
      client.quit().catch(() => {}),
    );
  for (const one of all) one.disconnect();
  await within(limit, ends);
}

async function ended(client: Redis): Promise<void> {
  const { stream, status } = client;
  const closed =
    stream?.destroyed === false ? new Promise<void>((resolve) => void stream.once('close', resolve)) : undefined;
  if (status !== 'end') await new Promise<void>((resolve) => void client.once('end', resolve));
  await closed;
}

/** Waits for some work, and not for longer than `limit` ms. */
export async function within(limit: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = after(limit, resolve);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** What Node's timers take, in ms; they would take what is more for 1. */
const longest = 2 ** 31 - 1;

/** A timer for a time of any length: for ever, there is none. */
export function after(ms: number, act: () => void): NodeJS.Timeout | undefined {
  return ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(act, Math.min(ms, longest));
}
