import type { Redis } from 'ioredis';
import { callerKey } from './queue-keys.js';

/** ms between looks at whether the callers of what runs here still live. */
const interval = 5000;
/** How many looks in a row must miss a caller: it may just be on its way back to a restarted Redis. */
const misses = 2;

interface Watched {
  readonly watchers: Set<() => void>;
  missed: number;
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

  /** Calls `gone` once, if the caller is found to be gone before `end()`. The first look is at once, for what lay in the queue long. */
  watch(caller: string, gone: () => void): { end(): void } {
    let watched = this.#watched.get(caller);
    if (watched === undefined) {
      watched = { watchers: new Set(), missed: 0 };
      this.#watched.set(caller, watched);
      this.#look([caller]);
    }
    const { watchers } = watched;
    watchers.add(gone);
    this.#timer ??= setInterval(() => this.#look([...this.#watched.keys()]), interval).unref();
    return { end: () => void watchers.delete(gone) };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #look(callers: readonly string[]): void {
    if (callers.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
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
    // Forgotten at a look and not with its last task: the next task of the same caller is most often there by then.
    if (watched.watchers.size === 0) this.#watched.delete(caller);
    watched.missed = isThere ? 0 : watched.missed + 1;
    if (watched.missed < misses) return;
    for (const gone of [...watched.watchers]) gone();
    watched.watchers.clear();
  }
}
