/** How many parts a value may have to be small. */
const most = 64;
/** Characters that its texts may have, in all: JSON takes up to six for one. */
const longest = 1000;

/**
 * A value as JSON, if it is small and JSON carries it exactly: numbers, strings, booleans and null in plain objects and arrays; undefined
 * for any other. V8's serializer carries all there is, and takes a multiple of the time for what is nearly always a handful of values.
 */
export function toSmallJson(value: unknown): string | undefined {
  return new SmallValue().isExact(value) ? JSON.stringify(value) : undefined;
}

class SmallValue {
  #parts = 0;
  #characters = 0;
  /** What was seen twice would be two of a kind in JSON. */
  readonly #seen: object[] = [];

  isExact(value: unknown): boolean {
    this.#parts += 1;
    if (this.#parts > most) return false;
    switch (typeof value) {
      case 'string':
        return this.#isShort(value);
      case 'boolean':
        return true;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0);
      case 'object':
        return value === null || this.#isExactObject(value);
      default:
        return false;
    }
  }

  #isShort(text: string): boolean {
    this.#characters += text.length;
    return this.#characters <= longest;
  }

  #isExactObject(value: object): boolean {
    // Somebody's patch of a prototype is a way to write it that is none of the caller's.
    if (this.#seen.includes(value) || 'toJSON' in value) return false;
    this.#seen.push(value);
    const isArray = Array.isArray(value);
    if (Object.getPrototypeOf(value) !== (isArray ? Array.prototype : Object.prototype)) return false;
    const keys = Object.keys(value);
    // An array with holes, or with keys of its own.
    if (isArray && (keys.length !== value.length || (value.length > 0 && keys.at(-1) !== `${value.length - 1}`)))
      return false;
    return keys.every((key) => this.#isShort(key) && this.isExact(Reflect.get(value, key)));
  }
}
