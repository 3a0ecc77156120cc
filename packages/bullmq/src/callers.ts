import type { Redis } from 'ioredis';
import { oneAtATime } from './one-at-a-time.js';
import { callerKey } from './queue-keys.js';

/** ms between looks at whether the callers of what runs here still live. */
const interval = 2500;
/** ms for which looks must miss a caller: it may just be on its way back to a restarted Redis. More than between two signs of life. */
const patience = 4000;

interface Watched {
  /** Who is to be told that it is gone. */
  readonly watchers: Set<() => void>;
  /** Who waits to know whether it is there. */
  readonly asking: { answer(isThere: boolean): void; giveUp(error: Error): void }[];
  /** Since when every look has missed it. */
  missedSince: number | undefined;
  /** Whether the last look has seen it. */
  isThere: boolean;
  /** Whether it was missed for too long, as of the last look. */
  isGone: boolean;
  /** Whether it had tasks here since the last regular look. */
  isBusy: boolean;
}

/** Tells of callers that have died, by their signs of life in Redis. */
export class Callers {
  readonly #client: Redis;
  readonly #prefix: string;
  readonly #queue: string;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #lookOnce: () => void = oneAtATime(() => this.#look([...this.#watched.keys()]));

  constructor(client: Redis, prefix: string, queue: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#queue = queue;
  }

  /**
   * Whether the caller lives: as of the last look, of one that is made now, or, where it is missed for the first time, of those that follow.
   * Rejects where it is closed before that is known.
   */
  async lives(caller: string): Promise<boolean> {
    if (this.#isClosed) throw unknown();
    const watched = this.#get(caller);
    if (watched.isThere) return true;
    return new Promise((answer, giveUp) => {
      // One look is for all who ask. While a caller is missed the regular ones decide; of one that is gone, many tasks may be left.
      const isFirst = watched.asking.push({ answer, giveUp }) === 1;
      if (isFirst && (watched.missedSince === undefined || watched.isGone)) void this.#look([caller]);
    });
  }

  /** Calls `gone` once, if the caller is found to be gone before `end()`. */
  watch(caller: string, gone: () => void): { end(): void } {
    const { watchers } = this.#get(caller);
    watchers.add(gone);
    return { end: () => void watchers.delete(gone) };
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    // BullMQ 6.7 waits for all that it has begun, and its timer holds the process until then (X6).
    for (const { asking } of this.#watched.values()) for (const { giveUp } of asking) giveUp(unknown());
    this.#watched.clear();
  }

  #get(caller: string): Watched {
    let watched = this.#watched.get(caller);
    if (watched === undefined) {
      watched = {
        watchers: new Set(),
        asking: [],
        missedSince: undefined,
        isThere: false,
        isGone: false,
        isBusy: true,
      };
      this.#watched.set(caller, watched);
    }
    watched.isBusy = true;
    this.#timer ??= setInterval(() => this.#lookAtAll(), interval).unref();
    return watched;
  }

  #lookAtAll(): void {
    for (const [caller, watched] of this.#watched) {
      const { asking, isBusy, watchers } = watched;
      if (!isBusy && watchers.size === 0 && asking.length === 0) this.#watched.delete(caller);
      watched.isBusy = false;
    }
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else this.#lookOnce();
  }

  async #look(callers: readonly string[]): Promise<void> {
    const keys = callers.map((caller) => callerKey(this.#prefix, this.#queue, caller));
    // Without Redis, nothing is known of anybody.
    const values = await this.#client.mget(keys).catch(() => undefined);
    if (values === undefined) return;
    for (const [place, caller] of callers.entries()) this.#seen(caller, values[place] !== null);
  }

  #seen(caller: string, isThere: boolean): void {
    const watched = this.#watched.get(caller);
    if (watched === undefined) return;
    const now = performance.now();
    watched.isThere = isThere;
    watched.missedSince = isThere ? undefined : (watched.missedSince ?? now);
    watched.isGone = watched.missedSince !== undefined && now - watched.missedSince >= patience;
    if (isThere || watched.isGone) for (const { answer } of watched.asking.splice(0)) answer(isThere);
    if (watched.isGone) {
      for (const gone of [...watched.watchers]) gone();
      watched.watchers.clear();
    }
  }
}

function unknown(): Error {
  return new Error('The host was closed before it knew whether the caller lives.');
}
