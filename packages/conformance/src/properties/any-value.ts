import fc from 'fast-check';
import type { Ref, ValueNode, ValueRecipe } from './value-recipe.js';

/** What of any value is left out. */
export interface Without {
  /** Errors and DOMExceptions. */
  readonly errors?: boolean;
  readonly getters?: boolean;
}

// Lone surrogates, zeros and all the rest: any list of code units.
const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
  .map((units) => String.fromCharCode(...units));

/** Any string, and rather often one of no length, of line ends, or with half a character. */
export const anyString: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 6 }),
  codeUnits,
  fc.constantFrom('', '\0', '\ud800', 'a\udc00b', 'für 日本 👩‍👩‍👧', '\u2028\n'),
);

/** A key, and rather often one that means something to objects, arrays or promises. */
export const anyKey: fc.Arbitrary<string> = fc.oneof(
  anyString,
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'then', 'length', 'value', 'error', 'id'),
  fc.constantFrom('0', '7', '-1', '4294967295', '1.5'),
);

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 5e-324),
);

/** A primitive other than a symbol, which cannot travel. */
export const anyPrimitive: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: anyNumber },
  { weight: 3, arbitrary: anyString },
  { weight: 2, arbitrary: fc.constantFrom(undefined, null, true, false) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }) },
);

/** A place of a node, or a primitive. */
export const anyRef: fc.Arbitrary<Ref> = fc.oneof(
  fc.record({ leaf: anyPrimitive }),
  fc.record({ node: fc.nat({ max: 7 }) }),
);

const entries = fc.uniqueArray(fc.tuple(anyKey, anyRef), { maxLength: 4, selector: ([key]) => key });
// An index or the length would be no property beside the items.
const named = entries.map((list) => list.filter(([key]) => key !== 'length' && !/^\d+$/.test(key)));

const viewTypes = [
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView', 'Buffer'],
].filter((type) => type in globalThis);

const errorTypes = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

const nodes: { readonly [Kind in ValueNode['is']]: fc.Arbitrary<ValueNode & { readonly is: Kind }> } = {
  object: fc.record({
    is: fc.constant('object'),
    prototype: fc.constantFrom('plain', 'plain', 'null', 'class', 'inherited'),
    entries,
  }),
  getters: fc.record({ is: fc.constant('getters'), entries }),
  array: fc.record({
    is: fc.constant('array'),
    items: fc.array(fc.oneof(anyRef, fc.constant('hole' as const)), { maxLength: 6 }),
    length: fc.oneof(
      { weight: 5, arbitrary: fc.nat({ max: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom(2000, 60_000_000, 2 ** 32 - 1) },
    ),
    named,
  }),
  map: fc.record({ is: fc.constant('map'), entries: fc.array(fc.tuple(anyRef, anyRef), { maxLength: 4 }) }),
  set: fc.record({ is: fc.constant('set'), items: fc.array(anyRef, { maxLength: 5 }) }),
  date: fc.record({ is: fc.constant('date'), time: fc.oneof(fc.integer(), fc.constantFrom(Number.NaN, 8.64e15)) }),
  pattern: fc.record({
    is: fc.constant('pattern'),
    source: fc.constantFrom('', 'a+', '(?<name>b)', '[/]', 'ü|\\d', '\n'),
    flags: fc.subarray(['d', 'g', 'i', 'm', 's', 'u', 'y']).map((flags) => flags.join('')),
    lastIndex: fc.nat({ max: 3 }),
  }),
  buffer: fc.record({
    is: fc.constant('buffer'),
    bytes: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 24 }),
    room: fc.option(fc.nat({ max: 16 }), { nil: undefined }),
  }),
  view: fc.record({
    is: fc.constant('view'),
    type: fc.constantFrom(...viewTypes),
    of: fc.nat({ max: 7 }),
    offset: fc.nat({ max: 24 }),
    length: fc.option(fc.nat({ max: 24 }), { nil: undefined }),
  }),
  boxed: fc.record({ is: fc.constant('boxed'), value: anyPrimitive.filter((value) => value != null) }),
  error: fc.record({
    is: fc.constant('error'),
    type: fc.constantFrom(...errorTypes),
    message: fc.option(anyString, { nil: undefined }),
    cause: fc.option(anyRef, { nil: undefined }),
    entries,
  }),
  exception: fc.record({
    is: fc.constant('exception'),
    name: fc.oneof(fc.constantFrom('AbortError', 'TimeoutError'), anyString),
    message: anyString,
  }),
};

/** The nodes of any value that can be cloned: a graph of up to eight objects. */
export function anyRecipe(without: Without = {}): fc.Arbitrary<ValueRecipe> {
  const { error, exception, getters, ...plain } = nodes;
  const kinds: fc.Arbitrary<ValueNode>[] = Object.values(plain);
  if (!without.getters) kinds.push(getters);
  if (!without.errors) kinds.push(error);
  // Node 20 clones a DOMException to an empty object: nothing to compare with. A case of its own is about that.
  if (!without.errors && structuredClone(new DOMException()) instanceof DOMException) kinds.push(exception);
  return fc.array(fc.oneof(...kinds), { maxLength: 8 });
}
