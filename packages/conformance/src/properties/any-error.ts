import fc from 'fast-check';
import { anyKey, anyRecipe, anyRef, anyString } from './any-value.js';
import { type ErrorRecipe, type ErrorTree, errorTypes, type Part } from './error-tree.js';

const anyPart: fc.Arbitrary<Part> = fc.oneof(fc.record({ error: fc.nat({ max: 4 }) }), anyRef);

// These have their own places in a recipe, or are nobody's to choose.
const others = new Set(['name', 'message', 'stack', 'cause', 'errors']);
const anyProperty = fc.tuple(
  fc.oneof(
    anyKey.filter((key) => !others.has(key)),
    fc.constantFrom('code', 'errno', 'status', 'details'),
  ),
  anyPart,
);

const anyOne: fc.Arbitrary<ErrorRecipe> = fc.record({
  type: fc.constantFrom(...errorTypes),
  message: fc.option(anyString, { nil: undefined }),
  name: fc.option(fc.record({ text: anyString, hidden: fc.boolean() }), { nil: undefined, freq: 3 }),
  cause: fc.option(fc.record({ part: anyPart, hidden: fc.boolean() }), { nil: undefined }),
  errors: fc.array(anyPart, { maxLength: 3 }),
  properties: fc.uniqueArray(anyProperty, { maxLength: 4, selector: ([key]) => key }),
  frozen: fc.boolean(),
});

/**
 * Any tree of up to five errors: their causes, the errors in AggregateErrors and in properties may be each other. Errors deeper inside data
 * are left out, as they are values (V1), and getters, as they make one object two.
 */
export const anyErrorTree: fc.Arbitrary<ErrorTree> = fc.record({
  errors: fc.array(anyOne, { minLength: 1, maxLength: 5 }),
  data: anyRecipe({ errors: true, getters: true }),
});
