import { RegisteredError } from './error-tree.js';

/** What is to be known of an error that was caught, and of all the errors that hang on it. Their stacks are left out: E4 is about those. */
export interface DescribedErrors {
  /** In the order in which they are found from the first one, the one that was caught. */
  readonly errors: readonly DescribedError[];
}

interface DescribedError {
  readonly className: string;
  readonly name: string;
  readonly message: string;
  /** The own enumerable properties in their order. */
  readonly properties: readonly (readonly [key: string, value: Described])[];
  /** Where they are hidden, as constructors set them. */
  readonly cause?: Described;
  readonly errors?: readonly Described[];
}

/** The place of an error, or data. */
type Described = { readonly error: number } | { readonly value: unknown };

/** Describes an error, so that it can be compared with one that was made elsewhere. */
export function describeError(caught: Error, nameClass: (error: Error) => string): DescribedErrors {
  const found = [caught];
  const part = (value: unknown): Described => {
    if (!(value instanceof Error)) return { value };
    const place = found.indexOf(value);
    return { error: place >= 0 ? place : found.push(value) - 1 };
  };
  const errors: DescribedError[] = [];
  // The list grows while it is gone through.
  for (let error = found[0]; error !== undefined; error = found[errors.length])
    errors.push(describeOne(error, nameClass, part));
  return { errors };
}

function describeOne(
  error: Error,
  nameClass: (error: Error) => string,
  part: (value: unknown) => Described,
): DescribedError {
  const hides = (key: string) => Object.hasOwn(error, key) && !Object.keys(error).includes(key);
  const { cause, message, name } = error;
  return {
    className: nameClass(error),
    name,
    message,
    properties: Object.keys(error).map((key) => [key, part(Reflect.get(error, key))] as const),
    ...(hides('cause') && { cause: part(cause) }),
    ...(error instanceof AggregateError && hides('errors') && { errors: error.errors.map(part) }),
  };
}

const travelling = new Map<unknown, string>(
  [
    ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError],
    ...[DOMException, RegisteredError],
  ].map((type) => [type.prototype, type.name]),
);

/** The class of an error that has arrived. */
export function classOf(error: Error): string {
  return travelling.get(Object.getPrototypeOf(error)) ?? 'a class that is not to arrive';
}

/** The class with which an error is to arrive: its own if it is registered or of the language, else the nearest of the language. */
export function classToBe(error: Error): string {
  let prototype: unknown = Object.getPrototypeOf(error);
  while (!travelling.has(prototype)) prototype = Object.getPrototypeOf(prototype);
  return travelling.get(prototype) ?? '';
}
