import { isDeepStrictEqual, types } from 'node:util';

/** The first place where two values are not the same. */
export interface Difference {
  /** Such as `value.list[2]`. */
  readonly path: string;
  readonly what: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Whether two values are the same as far as JavaScript can tell, and where they are not. Beyond `isDeepStrictEqual` it tells -0 from 0 and
 * a hole from undefined everywhere, and minds the order of properties and entries, what is one object and what is two, the bytes around
 * a view, and the length that a buffer may grow to.
 */
export function difference(actual: unknown, expected: unknown, path: string): Difference | undefined {
  return new Comparison().compare(actual, expected, path);
}

class Comparison {
  // One object there for one object here, both ways round: sharing is neither lost nor gained.
  readonly #there = new Map<object, object>();
  readonly #here = new Map<object, object>();

  compare(actual: unknown, expected: unknown, path: string): Difference | undefined {
    const differs = (what: string): Difference => ({ path, what, actual, expected });
    if (!isObject(actual) || !isObject(expected)) return Object.is(actual, expected) ? undefined : differs('value');
    const known = this.#there.get(expected) ?? this.#here.get(actual);
    if (known !== undefined)
      return this.#there.get(expected) === actual
        ? undefined
        : differs('identity: what is one object, and what is two');
    this.#there.set(expected, actual);
    this.#here.set(actual, expected);
    if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return differs('prototype');
    const [slots, others] = [slotsOf(actual), slotsOf(expected)];
    for (const [name, slot] of Object.entries(others)) {
      const at = this.compare(slots[name], slot, `${path}.${name}`);
      if (at !== undefined) return at;
    }
    return this.#entries(actual, expected, path) ?? this.#properties(actual, expected, path);
  }

  #entries(actual: object, expected: object, path: string): Difference | undefined {
    if (types.isMap(actual) && types.isMap(expected))
      return (
        this.#items([...actual.keys()], [...expected.keys()], `${path}.keys()`) ??
        this.#items([...actual.values()], [...expected.values()], `${path}.values()`)
      );
    if (types.isSet(actual) && types.isSet(expected))
      return this.#items([...actual], [...expected], `${path}.values()`);
    return undefined;
  }

  #items(actual: readonly unknown[], expected: readonly unknown[], path: string): Difference | undefined {
    if (actual.length !== expected.length) return { path, what: 'number of entries', actual, expected };
    for (const [index, item] of expected.entries()) {
      const at = this.compare(actual[index], item, `${path}[${index}]`);
      if (at !== undefined) return at;
    }
    return undefined;
  }

  #properties(actual: object, expected: object, path: string): Difference | undefined {
    const [keys, others] = [ownKeys(actual), ownKeys(expected)];
    if (!isDeepStrictEqual(keys, others)) return { path, what: 'properties', actual: keys, expected: others };
    for (const key of others) {
      const place = `${path}[${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`;
      const at = this.compare(Reflect.get(actual, key), Reflect.get(expected, key), place);
      if (at !== undefined) return at;
      if (isEnumerable(actual, key) !== isEnumerable(expected, key))
        return {
          path: place,
          what: 'enumerability',
          actual: isEnumerable(actual, key),
          expected: isEnumerable(expected, key),
        };
    }
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** What an object is beside its properties. */
function slotsOf(object: object): Record<string, unknown> {
  if (ArrayBuffer.isView(object)) {
    const { buffer, byteLength, byteOffset } = object;
    return { byteOffset, byteLength, buffer };
  }
  if (types.isArrayBuffer(object))
    return { bytes: Buffer.from(object).toString('hex'), maxByteLength: Reflect.get(object, 'maxByteLength') };
  if (types.isDate(object)) return { time: object.getTime() };
  if (types.isRegExp(object)) return { text: `${object}` };
  if (types.isBoxedPrimitive(object)) return { value: object.valueOf() };
  if (object instanceof DOMException)
    return { name: object.name, message: object.message, code: object.code, stack: object.stack };
  return { tag: Object.prototype.toString.call(object) };
}

// Those of a view are its bytes, and those of a DOMException differ with whoever made it.
function ownKeys(object: object): PropertyKey[] {
  if (ArrayBuffer.isView(object) || types.isBoxedPrimitive(object)) return [];
  if (object instanceof DOMException) return Object.keys(object);
  return Reflect.ownKeys(object);
}

function isEnumerable(object: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}
