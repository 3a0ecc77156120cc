import { build, type Ref, type ValueRecipe } from './value-recipe.js';

/**
 * An error with all that hangs on it, as plain data that can be generated, made smaller, printed and sent. The first of the errors is
 * the one that is thrown.
 */
export interface ErrorTree {
  readonly errors: readonly ErrorRecipe[];
  /** What the places of nodes among properties and causes are of. */
  readonly data: ValueRecipe;
}

/** The place of another error, modulo the number of errors, or data. */
export type Part = { readonly error: number } | Ref;

/** One error of an {@link ErrorTree}. */
export interface ErrorRecipe {
  readonly type: ErrorType;
  readonly message: string | undefined;
  /** A name other than that of its class; as an ordinary property, or one as hidden as a message. */
  readonly name: { readonly text: string; readonly hidden: boolean } | undefined;
  readonly cause: { readonly part: Part; readonly hidden: boolean } | undefined;
  /** Of an AggregateError. */
  readonly errors: readonly Part[];
  readonly properties: readonly (readonly [key: string, value: Part])[];
  readonly frozen: boolean;
}

/** A class of the user's that gives its errors a name. */
class NamedError extends Error {
  override readonly name = 'NamedError';
}

/** A class of the user's that does not, of a class of the language. */
class QuietError extends RangeError {}

/** A class of the user's that the executor is told of, and so the caller has one of the same name. */
export class RegisteredError extends TypeError {}

/** The class of an error in a tree. */
export type ErrorType =
  | ('Error' | 'EvalError' | 'RangeError' | 'ReferenceError' | 'SyntaxError' | 'TypeError' | 'URIError')
  | ('AggregateError' | 'DOMException' | 'NamedError' | 'QuietError' | 'RegisteredError');

const types: Readonly<Record<Exclude<ErrorType, 'AggregateError'>, new (message?: string) => Error>> = {
  ...{ Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, DOMException },
  ...{ NamedError, QuietError, RegisteredError },
};

export const errorTypes: readonly ErrorType[] = ['AggregateError', ...(Object.keys(types) as (keyof typeof types)[])];

/** Makes the error of a tree. */
export function buildError(tree: ErrorTree): Error {
  const errors = tree.errors.map(emptyError);
  const isRef = (part: Part): part is Ref => !('error' in part);
  const values = new Map<Part, unknown>();
  const refs = tree.errors.flatMap(partsOf).filter(isRef);
  // All at once: what two properties share is one object.
  for (const [index, value] of build(tree.data, refs).entries()) values.set(refs[index] as Ref, value);
  const resolve = (part: Part): unknown => (isRef(part) ? values.get(part) : errors[part.error % errors.length]);
  tree.errors.forEach((recipe, place) => {
    const error = errors[place];
    if (error !== undefined) complete(error, recipe, resolve);
  });
  const [root] = errors;
  if (root === undefined) throw new RangeError('A tree of errors has at least one.');
  return root;
}

function emptyError({ type, message }: ErrorRecipe): Error {
  if (type === 'AggregateError') return new AggregateError([], message);
  return message === undefined ? new types[type]() : new types[type](message);
}

function partsOf({ cause, errors, properties }: ErrorRecipe): Part[] {
  return [...(cause === undefined ? [] : [cause.part]), ...errors, ...properties.map(([, part]) => part)];
}

function complete(error: Error, recipe: ErrorRecipe, resolve: (part: Part) => unknown): void {
  const { cause, errors, frozen, name, properties, type } = recipe;
  const set = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  if (type === 'AggregateError') set('errors', errors.map(resolve), false);
  if (cause?.hidden) set('cause', resolve(cause.part), false);
  for (const [key, part] of properties) set(key, resolve(part), true);
  if (cause?.hidden === false) set('cause', resolve(cause.part), true);
  if (name !== undefined) set('name', name.text, !name.hidden);
  if (frozen) Object.freeze(error);
}
