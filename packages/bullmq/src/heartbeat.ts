import type { QuietRedis } from './connection.js';
import { SilenceWatch } from './silence-watch.js';
import { isFull, isPassing } from './unreachable.js';

/** ms between two signs of life at most: less than hosts give who is missing in a Redis that has lost its data. */
const longestBeat = 3000;
/** ms until a first one is tried again. */
const pause = 100;

/** Whose heartbeat it is, and where it is heard. */
export interface HeartbeatSettings {
  readonly client: QuietRedis;
  /** That exists as long as the caller lives. */
  readonly key: string;
  /** ms without a sign of life after which hosts take the caller for dead. */
  readonly callerTimeout: number;
  /** Whether no host asks for it. */
  readonly keep: boolean;
  readonly onDisconnect: 'wait' | 'reject';
}

/** A caller's signs of life, by which it finds out as well whether Redis still hears it. */
export class Heartbeat {
  readonly #settings: HeartbeatSettings;
  readonly #watch: SilenceWatch;
  /** For signs of life: large arguments keep whatever comes behind them on their connection (R3). */
  #pulse: { readonly client: QuietRedis; readonly watch: SilenceWatch } | undefined;
  readonly #underway = new Set<Promise<unknown>>();
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(settings: HeartbeatSettings) {
    this.#settings = settings;
    // What is added late, when it has run and is forgotten, would run again.
    this.#watch = new SilenceWatch(settings.client, { mayLinger: false });
    // Redis may have lost its data.
    settings.client.on('ready', () => this.#beatBy(settings.client));
  }

  /** Resolves when hosts know of the caller, or will: there are signs of life from now on. */
  async start(): Promise<void> {
    const { client, callerTimeout, onDisconnect } = this.#settings;
    if (this.#hasEnded) return;
    this.#timer = setInterval(() => this.#beatOn(), Math.min(callerTimeout / 3, longestBeat)).unref();
    while (!this.#hasEnded) {
      try {
        await this.#beat(client);
        return;
      } catch (error) {
        // It has no room for it. It says so for each task, and later it may have.
        if (isFull(error)) return;
        // A Redis that is about to be a master takes nothing yet.
        if (onDisconnect === 'reject' || !isPassing(error)) throw error;
        if (error instanceof Error) client.lastError = error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause).unref());
    }
  }

  /** There are no more of them, and hosts know that. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    clearInterval(this.#timer);
    // Behind the last of them, whose connection may be the other one.
    await Promise.all(this.#underway);
    await this.#settings.client.del(this.#settings.key);
  }

  /** By either connection: a Redis that has all the clients it may have refuses the second. */
  #beatOn(): void {
    const { client } = this.#settings;
    this.#pulse ??= this.#secondPulse();
    const pulse = this.#pulse;
    pulse.watch.look(() => this.#beatBy(pulse.client));
    // A Redis that says nothing to anybody is at work, and with `onDisconnect: 'reject'` each cut rejects all tasks.
    if (pulse.watch.isHeard) {
      this.#watch.look(() => this.#beatBy(client));
      return;
    }
    this.#watch.forgive();
    if (client.status === 'ready') this.#beatBy(client);
  }

  #secondPulse(): { readonly client: QuietRedis; readonly watch: SilenceWatch } {
    const client = this.#settings.client.duplicate();
    client.on('ready', () => this.#beatBy(client));
    return { client, watch: new SilenceWatch(client) };
  }

  #beatBy(client: QuietRedis): Promise<unknown> {
    const done = this.#beat(client)
      .catch(() => {})
      .finally(() => this.#underway.delete(done));
    this.#underway.add(done);
    return done;
  }

  /** Rejects where hosts do not hear of it. */
  async #beat(client: QuietRedis): Promise<void> {
    const { key, callerTimeout, keep } = this.#settings;
    if (this.#hasEnded) return;
    if (keep) {
      // Of a key that is not there, which counts as a write all the same: it waits wherever others do.
      await client.pexpire(key, callerTimeout);
      return;
    }
    // A Redis that is full refuses to set it, and prolongs what is there (R3).
    const sent = client.pipeline().set(key, 1, 'PX', callerTimeout).pexpire(key, callerTimeout).exec();
    const [set, kept] = (await sent) ?? [];
    if (set?.[0] && kept?.[1] !== 1) throw set[0];
  }
}
