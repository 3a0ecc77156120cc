import type { Transferable } from 'node:worker_threads';
import type { ChunkOrder } from '../backend-types.js';
import type { Carrier } from '../values/carrier.js';
import type { Obstacle, Patch } from '../values/inspect.js';
import { isMoved } from '../values/moved.js';
import { applyPatches } from '../values/patches.js';
import type { Prepared } from '../values/prepare.js';
import { isPrimitive } from '../values/primitive.js';
import { prepareArguments } from '../values/sendable.js';
import type { ChunkSize } from './chunk-size.js';
import type { Place } from './place.js';

/** What of a chunk goes to a worker in one call: the arguments of the call, and how many items are in it. */
export interface Handful {
  readonly value: readonly unknown[];
  readonly order: ChunkOrder;
  readonly items: number;
  readonly transferList?: readonly Transferable[];
}

/** The map that a chunk is of. */
export interface ChunkOwner {
  /** Places have got their results. */
  settled(places: readonly Place[]): void;
  /** The last items of a chunk are to go in others. Those that cannot are to be added to it again. */
  recut(chunk: Chunk, rest: readonly (readonly [item: unknown, place: Place])[]): void;
}

/**
 * Several items of a map that go to a worker as one job, which it runs one after the other (M5).
 *
 * A worker may end a call before the last item: what it has not begun stays in the chunk, and the job goes back to the queue. It takes
 * items only as long as it has not been handed to a worker.
 */
export class Chunk {
  readonly #size: ChunkSize;
  readonly #limit: number;
  readonly #owner: ChunkOwner;
  /** Items that no worker has. */
  #items: unknown[] = [];
  /** The places of all items, and how many of them have their result. */
  readonly #places: Place[] = [];
  #completed = 0;
  readonly #slow: number[] = [];
  #taken = false;
  #over = false;
  /** Why one of the items cannot travel, where that is known: its getters are not called twice. */
  #refused: Obstacle | undefined;
  /** How many of the items are before that one. */
  #beforeRefused = Number.POSITIVE_INFINITY;
  /** Tells the worker that has it that nobody wants it any more. */
  #tellWorker: (() => void) | undefined;

  constructor(owner: ChunkOwner, size: ChunkSize, limit: number) {
    this.#owner = owner;
    this.#size = size;
    this.#limit = limit;
  }

  /** How many items it had, and how many of those have their result. */
  get count(): { readonly items: number; readonly completed: number } {
    return { items: this.#places.length, completed: this.#completed };
  }

  get isFull(): boolean {
    return this.#places.length >= this.#limit;
  }

  /** Whether it takes more items. */
  get isOpen(): boolean {
    return !this.#taken && !this.#over && !this.isFull;
  }

  /** Whether nothing of it is wanted any more. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Whether there are items left that no worker has. */
  get hasRest(): boolean {
    return this.#items.length > 0;
  }

  add(item: unknown, place: Place): void {
    this.#items.push(item);
    this.#places.push(place);
  }

  /**
   * Takes out what a worker that may still run `most` items is to get. The items before one that cannot travel go by themselves, so that
   * it is refused at its place; one that is moved goes alone, as what has gone to a worker cannot be put back.
   */
  hand(bound: readonly unknown[], carrier: Carrier, most: number): Handful | { readonly obstacle: Obstacle } {
    this.#taken = true;
    if (this.#refused !== undefined && this.#beforeRefused === 0) return { obstacle: this.#refused };
    const limit = Math.min(most, this.#size.items, this.#items.length, this.#beforeRefused);
    const items: unknown[] = [];
    const patches: [number, readonly Patch[]][] = [];
    let transferList: readonly Transferable[] | undefined;
    let sent: readonly unknown[] = bound;
    while (items.length < limit) {
      const item = this.#items[items.length];
      if (transferList !== undefined || (items.length > 0 && isMoved(item))) break;
      const prepared = prepareItem(bound, item, carrier);
      // Reading an item can call getters, and they can end it all.
      if (this.#over) break;
      if ('obstacle' in prepared) {
        this.#refused = prepared.obstacle;
        this.#beforeRefused = items.length;
        if (items.length === 0) return prepared;
        break;
      }
      if (items.length === 0) sent = prepared.value.slice(0, -1);
      if (prepared.patches !== undefined) patches.push([items.length, prepared.patches]);
      items.push(prepared.value.at(-1));
      transferList = prepared.transferList;
    }
    this.#items.splice(0, items.length);
    this.#beforeRefused -= items.length;
    const { budget } = this.#size;
    const order = { ...(budget !== undefined && { budget }), ...(patches.length > 0 && { patches }) };
    return { value: [...sent, items], order, items: items.length, ...(transferList && { transferList }) };
  }

  /** Puts the last items of a call back, which its worker has not begun. */
  giveBack(args: readonly unknown[], begun: number): void {
    const items = args.at(-1);
    if (this.#over || !Array.isArray(items)) return;
    // Not by unshift(...), whose arguments would be more than the stack holds: nobody bounds a chunk.
    this.#items = items.slice(begun).concat(this.#items);
    this.#beforeRefused += items.length - begun;
  }

  /** Fills the next places, and returns what lets the map hear of it. */
  deliver(values: readonly unknown[], patches: readonly (readonly [number, readonly Patch[]])[] = []): () => void {
    if (this.#over) return () => {};
    const places = this.#places.slice(this.#completed, this.#completed + values.length);
    const patchesOf = new Map(patches);
    places.forEach((place, i) => {
      const patch = patchesOf.get(i);
      place.fulfil(patch === undefined ? values[i] : applyPatches(values[i], patch));
    });
    this.#completed += places.length;
    return () => this.#owner.settled(places);
  }

  /** What of its items took long, in ms. */
  tookLong(times: readonly number[] | undefined): void {
    if (Array.isArray(times)) this.#slow.push(...times.filter(Number.isFinite));
  }

  /** The times of those items that took a ms or more. */
  get slow(): readonly number[] {
    return this.#slow;
  }

  /** How long the items of a call took, in ms. */
  measured(items: number, time: number): void {
    this.#size.measured(items, time);
  }

  /** Takes out the last items, where more are left than are to go at once by now, and returns what sends them in other chunks. */
  shorten(): () => void {
    const from = this.#size.items;
    if (this.#over || this.#refused !== undefined || this.#items.length <= from) return () => {};
    const places = this.#places.splice(this.#places.length - this.#items.length + from);
    const items = this.#items.splice(from);
    const rest = places.map((place, i) => [items[i], place] as const);
    return () => this.#owner.recut(this, rest);
  }

  /** It has ended before its last item: the failure is that of the first item without a result, and the rest is not wanted any more. */
  fail(reason: unknown): void {
    if (this.#over) return;
    this.#end();
    const place = this.#places[this.#completed];
    if (place === undefined) return;
    place.fail(reason);
    this.#owner.settled([place]);
  }

  /** A worker has it, and can be told to leave the items that it has not begun; or none has it any more. */
  handed(tellWorker: (() => void) | undefined): void {
    this.#tellWorker = tellWorker;
  }

  /** Nobody wants its results any more: nothing of it is to be started. Returns whether a worker has it, which is told. */
  withdraw(): boolean {
    this.#end();
    this.#tellWorker?.();
    return this.#tellWorker !== undefined;
  }

  #end(): void {
    this.#over = true;
    this.#items = [];
  }
}

function prepareItem(bound: readonly unknown[], item: unknown, carrier: Carrier): Prepared<readonly unknown[]> {
  if (bound.length === 0 && isPrimitive(item)) return { value: [item] };
  return prepareArguments([...bound, item], carrier);
}
