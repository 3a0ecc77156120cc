import { types } from 'node:util';
import { tooDeep } from './found.js';
import { hostClassOf, mayBeHost } from './host-objects.js';
import { isMoved } from './moved.js';
import { maxDepth } from './this-node.js';

/**
 * The value with what its getters give in their place, each of them called once. What can have getters that a clone reads is made anew, as
 * the clone will make it; all else is the value's own, so that it can still be looked at, and refused. Throws what a getter throws.
 */
export function readOut<T>(value: T): T;
export function readOut(value: unknown): unknown {
  return new Reader().read(value, 0);
}

class Reader {
  readonly #copies = new Map<object, object>();

  read(value: unknown, depth: number): unknown {
    if (typeof value !== 'object' || value === null || types.isProxy(value)) return value;
    const copy = this.#copies.get(value);
    if (copy !== undefined) return copy;
    // Getters may go on for ever.
    if (depth > maxDepth) throw tooDeep().cause;
    return this.#readObject(value, depth + 1);
  }

  #readObject(value: object, depth: number): unknown {
    // First: in some Nodes it is an Error as well.
    if (value instanceof DOMException) return value;
    if (Array.isArray(value)) return this.#properties(value, new Array<unknown>(value.length), depth);
    if (types.isMap(value)) {
      const copy = this.#begin(value, new Map<unknown, unknown>());
      for (const [key, item] of Map.prototype.entries.call(value))
        copy.set(this.read(key, depth), this.read(item, depth));
      return copy;
    }
    if (types.isSet(value)) {
      const copy = this.#begin(value, new Set<unknown>());
      for (const item of Set.prototype.values.call(value)) copy.add(this.read(item, depth));
      return copy;
    }
    if (types.isNativeError(value)) return this.#error(value, depth);
    return isPlain(value) ? this.#properties(value, {}, depth) : value;
  }

  #begin<T extends object>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    return copy;
  }

  #properties(value: object, empty: object, depth: number): object {
    const copy = this.#begin(value, empty);
    for (const key of Object.keys(value)) {
      // A getter may have taken it away.
      if (Object.hasOwn(value, key)) define(copy, key, this.read(Reflect.get(value, key), depth), true);
    }
    return copy;
  }

  // A clone reads what an error is called, its message and its stack, and keeps message and cause where they are properties of its own.
  #error(error: Error, depth: number): Error {
    const copy = this.#begin(error, new Error());
    const [name, message, stack] = [`${error.name}`, `${error.message}`, error.stack];
    define(copy, 'name', name);
    if (isOwnValue(error, 'message')) define(copy, 'message', message);
    define(copy, 'stack', stack === undefined ? undefined : `${stack}`);
    if (isOwnValue(error, 'cause')) define(copy, 'cause', this.read(error.cause, depth));
    return copy;
  }
}

function isOwnValue(error: Error, key: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(error, key);
  return descriptor !== undefined && 'value' in descriptor;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return !types.isArgumentsObject(value);
  if (prototype === null) return !types.isModuleNamespaceObject(value);
  if (isMoved(value) || types.isGeneratorObject(value)) return false;
  return hostClassOf(value) === undefined && !mayBeHost(value);
}

// Defined, not assigned: a key such as `__proto__` is only a key (E11).
function define(target: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, key, { value, enumerable, configurable: true, writable: true });
}
