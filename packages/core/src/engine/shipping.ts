import type { Future } from '../future.js';
import { clearImmediate, setImmediate } from '../timers.js';
import { Chunk, type ChunkOwner } from './chunk.js';
import type { ChunkSize } from './chunk-size.js';
import { TaskFuture } from './job.js';
import type { Place } from './place.js';

/** How the items of a map get to workers. */
export interface Shipping {
  /** How many results may be outstanding or unread at once, as of now. */
  readonly buffer: number;
  /** How much room there should be before more of the input is read: so many items go at once. Never more than `buffer`. */
  readonly batch: number;
  send(item: unknown, place: Place): void;
  /** No more items come before others have waited: those gathered are to go. `soon`: at the next turn of the event loop, unless it has more by then. */
  dispatch(when: 'now' | 'soon'): void;
  /** Nothing more is to start. `places` are those without a result. */
  withdraw(places: Iterable<Place>): void;
}

/** Each item is a task of its own. */
export function oneByOne(
  submit: (item: unknown) => Future<unknown>,
  buffer: number,
  settled: (places: readonly Place[]) => void,
): Shipping {
  let isOver = false;
  return {
    buffer,
    batch: 1,
    send(item, place) {
      const future = submit(item);
      place.future = future;
      // Whoever hears of the submit may have left the map in the midst of it.
      if (isOver) future.cancel();
      future.then(
        (value) => {
          place.fulfil(value);
          settled([place]);
        },
        (reason: unknown) => {
          place.fail(reason);
          settled([place]);
        },
      );
    },
    dispatch() {},
    withdraw(places) {
      isOver = true;
      for (const { future } of places) if (future !== undefined && TaskFuture.isWaiting(future)) future.cancel();
    },
  };
}

/** What {@link InChunks} has to know of its map. */
export interface ChunkedMap {
  readonly size: ChunkSize;
  /** Undefined: room for two chunks for each worker, however large they are. */
  readonly buffer: number | undefined;
  readonly workers: number;
  /** How many chunks may be submitted at once. */
  readonly capacity: number;
  /** How many items are still to come, where the input tells. */
  remaining(): number | undefined;
  /** Whether a chunk more than is submitted is taken for sure. */
  takesMore(): boolean;
  submit(chunk: Chunk): Future<unknown>;
  settled(places: readonly Place[]): void;
}

/** Several items go at once. */
export class InChunks implements Shipping, ChunkOwner {
  readonly #map: ChunkedMap;
  /** The last chunk, as long as it takes items: not submitted yet, or waiting in the queue. */
  #open: Chunk | undefined;
  #gathered: Chunk | undefined;
  readonly #submitted = new Map<Chunk, Future<unknown>>();
  #soon: NodeJS.Immediate | undefined;
  #isOver = false;

  constructor(map: ChunkedMap) {
    this.#map = map;
  }

  get buffer(): number {
    const { buffer, size, workers } = this.#map;
    // A full chunk that cannot be submitted yet: none is begun behind it.
    if (this.#gathered?.isFull && this.#isAtCapacity) return 0;
    return buffer ?? 2 * workers * size.items;
  }

  get batch(): number {
    const { buffer, size, workers } = this.#map;
    const remaining = this.#map.remaining();
    return Math.max(
      1,
      Math.min(
        size.items,
        // A small buffer is shared out: one chunk with all of it would leave the other workers idle.
        Math.floor((buffer ?? Number.POSITIVE_INFINITY) / workers),
        // Where sizes are measured, the end of the input is shared out as well.
        size.budget === undefined || remaining === undefined
          ? Number.POSITIVE_INFINITY
          : Math.ceil(remaining / (2 * workers)),
      ),
    );
  }

  send(item: unknown, place: Place): void {
    if (this.#open?.isOpen !== true) {
      this.#open = new Chunk(this, this.#map.size, this.batch);
      this.#gathered = this.#open;
    }
    const chunk = this.#open;
    chunk.add(item, place);
    if (chunk.isFull && chunk === this.#gathered) this.dispatch('now');
  }

  get #isAtCapacity(): boolean {
    return this.#submitted.size >= this.#map.capacity;
  }

  settled(places: readonly Place[]): void {
    this.#map.settled(places);
  }

  recut(chunk: Chunk, rest: readonly (readonly [item: unknown, place: Place])[]): void {
    const { size } = this.#map;
    const limit = size.items;
    for (let i = 0; i < rest.length && !this.#isOver; i += limit) {
      // Asked first: what is refused counts as a failure (O1), and is one to its scope.
      if (this.#map.takesMore()) {
        const piece = new Chunk(this, size, limit);
        for (const [item, place] of rest.slice(i, i + limit)) piece.add(item, place);
        const { state } = this.#submit(piece);
        if (state === 'queued' || state === 'running' || this.#isOver) continue;
        piece.withdraw();
      }
      // The executor may take nothing more: it is shutting down, or its queue may be full. These it has taken already, with their chunk.
      for (const [item, place] of rest.slice(i)) chunk.add(item, place);
      return;
    }
  }

  dispatch(when: 'now' | 'soon'): void {
    const chunk = this.#gathered;
    if (chunk === undefined || this.#isAtCapacity) return;
    if (when === 'soon') {
      this.#soon ??= setImmediate(() => this.dispatch('now'));
      return;
    }
    this.#gathered = undefined;
    if (this.#soon !== undefined) clearImmediate(this.#soon);
    this.#soon = undefined;
    this.#submit(chunk);
  }

  #submit(chunk: Chunk): Future<unknown> {
    const future = this.#map.submit(chunk);
    this.#submitted.set(chunk, future);
    // Whoever hears of the submit may have left the map in the midst of it.
    if (this.#isOver) {
      chunk.withdraw();
      future.cancel();
    }
    const settled = (): void => {
      const wasAtCapacity = this.#isAtCapacity;
      this.#submitted.delete(chunk);
      if (wasAtCapacity) this.dispatch('now');
    };
    future.then(settled, (reason: unknown) => {
      // First: a failure may end the map, and then no other chunk is to follow.
      chunk.fail(reason);
      settled();
    });
    return future;
  }

  withdraw(): void {
    if (this.#soon !== undefined) clearImmediate(this.#soon);
    this.#gathered = undefined;
    this.#open = undefined;
    this.#isOver = true;
    for (const [chunk, future] of this.#submitted) if (!chunk.withdraw()) future.cancel();
  }
}
