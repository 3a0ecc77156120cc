import { types } from 'node:util';
import type { Carrier } from './carrier.js';
import { mayBeHost } from './host-objects.js';
import { prepare } from './prepare.js';
import { isPrimitive } from './primitive.js';
import { read, text } from './read.js';
import { maxDepth } from './this-node.js';

/** Objects that are copied: of a structure that makes new ones as it is read, there is no end. */
const most = 20_000;

/**
 * A copy of a value without the parts that cannot travel, and with all the rest at its place: what an array lacks is undefined there.
 * Undefined if nothing is left.
 */
export function prune(value: unknown, carrier: Carrier): { readonly value: unknown } | undefined {
  const pruned = new Pruning(carrier).of(value, 0);
  return pruned === dropped ? undefined : { value: pruned };
}

const dropped = Symbol('dropped');

class Pruning {
  readonly #carrier: Carrier;
  readonly #copies = new Map<object, object>();

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  of(value: unknown, depth: number): unknown {
    if (isPrimitive(value)) return value;
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return dropped;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (this.#copies.size >= most || depth > maxDepth) return dropped;
    if (Array.isArray(value)) return this.#array(value, depth);
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    if (types.isNativeError(value)) return this.#error(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null)
      return this.#properties(value, this.#copy(value, {}), depth);
    const { obstacle } = this.#look(value);
    if (obstacle === undefined) return value;
    // An instance of somebody's class arrives as its properties; what cannot travel itself is left out.
    if (obstacle.path === '' || mayBeHost(value)) return dropped;
    return this.#properties(value, this.#copy(value, {}), depth);
  }

  #look(value: object): { readonly obstacle?: { readonly path: string } } {
    try {
      const prepared = prepare(value, '', this.#carrier);
      return 'obstacle' in prepared ? prepared : {};
    } catch {
      return { obstacle: { path: '' } };
    }
  }

  #copy<T extends object>(original: object, copy: T): T {
    this.#copies.set(original, copy);
    return copy;
  }

  #properties(value: object, copy: object, depth: number): object {
    for (const key of Object.keys(value)) {
      const pruned = this.of(readOr(value, key, dropped), depth + 1);
      if (pruned !== dropped) define(copy, key, pruned, true);
    }
    return copy;
  }

  #array(value: readonly unknown[], depth: number): object {
    const copy: unknown[] = this.#copy(value, []);
    copy.length = value.length;
    for (const key of Object.keys(value)) {
      const pruned = this.of(readOr(value, key, dropped), depth + 1);
      define(copy, key, pruned === dropped ? undefined : pruned, true);
    }
    return copy;
  }

  #map(value: Map<unknown, unknown>, depth: number): object {
    const copy = this.#copy(value, new Map<unknown, unknown>());
    for (const entry of Map.prototype.entries.call(value)) {
      const [key, item] = entry.map((part) => this.of(part, depth + 1));
      if (key !== dropped && item !== dropped) copy.set(key, item);
    }
    return copy;
  }

  #set(value: Set<unknown>, depth: number): object {
    const copy = this.#copy(value, new Set());
    for (const item of Set.prototype.values.call(value)) {
      const pruned = this.of(item, depth + 1);
      if (pruned !== dropped) copy.add(pruned);
    }
    return copy;
  }

  // With what a clone takes of one.
  #error(value: Error, depth: number): object {
    const copy = this.#copy(value, new Error(text(read(value, 'message'))));
    define(copy, 'name', text(read(value, 'name')), false);
    define(copy, 'stack', text(read(value, 'stack')), false);
    const cause = Object.hasOwn(value, 'cause') ? this.of(readOr(value, 'cause', dropped), depth + 1) : dropped;
    if (cause !== dropped) define(copy, 'cause', cause, false);
    return copy;
  }
}

function readOr(object: object, key: string, otherwise: symbol): unknown {
  try {
    return Reflect.get(object, key);
  } catch {
    return otherwise;
  }
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, configurable: true, writable: true });
}
