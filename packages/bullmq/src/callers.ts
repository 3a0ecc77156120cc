import type { Redis } from 'ioredis';
import { callerKey } from './queue-keys.js';

/** ms between looks at whether the callers of what runs here still live. */
const interval = 5000;
/** How many looks in a row must miss a caller: it may just be on its way back to a restarted Redis. */
const misses = 2;

interface Watched {
  /** Who is to be told that it is gone. */
  readonly watchers: Set<() => void>;
  /** Who waits to know whether it is there. */
  readonly asking: ((isThere: boolean) => void)[];
  missed: number;
  /** Whether the last look has seen it. */
  isThere: boolean;
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

  constructor(client: Redis, prefix: string, queue: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#queue = queue;
  }

  /** Whether the caller lives: as of the last look, or of one that is made now. */
  async lives(caller: string): Promise<boolean> {
    const watched = this.#get(caller);
    if (watched.isThere) return true;
    return new Promise((resolve) => {
      // One look is for all who ask; where it misses the caller, the next regular one decides.
      if (watched.asking.push(resolve) === 1 && watched.missed === 0) this.#look([caller]);
    });
  }

  /** Calls `gone` once, if the caller is found to be gone before `end()`. */
  watch(caller: string, gone: () => void): { end(): void } {
    const { watchers } = this.#get(caller);
    watchers.add(gone);
    return { end: () => void watchers.delete(gone) };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #get(caller: string): Watched {
    let watched = this.#watched.get(caller);
    if (watched === undefined) {
      watched = { watchers: new Set(), asking: [], missed: 0, isThere: false, isBusy: true };
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
    if (this.#watched.size > 0) this.#look([...this.#watched.keys()]);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #look(callers: readonly string[]): void {
    const keys = callers.map((caller) => callerKey(this.#prefix, this.#queue, caller));
    this.#client.mget(keys).then(
      (values) => {
        for (const [place, caller] of callers.entries()) this.#seen(caller, values[place] !== null);
      },
      // Without Redis, nothing is known of anybody.
      () => {},
    );
  }

  #seen(caller: string, isThere: boolean): void {
    const watched = this.#watched.get(caller);
    if (watched === undefined) return;
    watched.isThere = isThere;
    watched.missed = isThere ? 0 : watched.missed + 1;
    if (isThere || watched.missed >= misses) for (const answer of watched.asking.splice(0)) answer(isThere);
    if (watched.missed >= misses) {
      for (const gone of [...watched.watchers]) gone();
      watched.watchers.clear();
    }
  }
}
