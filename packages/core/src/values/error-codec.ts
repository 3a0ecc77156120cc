import { types } from 'node:util';
import { isErrorClass } from '../engine/validate.js';
import * as executorErrors from '../errors.js';
import type { ErrorClass } from '../options.js';
import { type Carrier, plainest } from './carrier.js';
import type { Patch } from './inspect.js';
import { applyPatches, reviveException } from './patches.js';
import { type Prepared, prepare } from './prepare.js';
import { isPrimitive } from './primitive.js';
import { prune } from './prune.js';
import { read, text } from './read.js';

/**
 * A thrown value as plain data that every channel carries, so that no library's own way with errors ever touches one.
 *
 * Errors lie flat in a list and refer to each other by place: a chain of causes may be long, or go round in a circle.
 */
export interface Encoded {
  readonly root: EncodedValue;
  readonly errors: readonly EncodedError[];
}

/** A place in the list of errors, or plain data. */
type EncodedValue = { readonly error: number } | { readonly value: unknown; readonly patches?: readonly Patch[] };

interface EncodedError {
  /** The constructor's name, by which a registered class is found. */
  readonly className: string;
  /** The nearest class that every side has. */
  readonly base: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own properties other than message and stack: key, value, whether enumerable. */
  readonly properties: readonly EncodedProperty[];
}

type EncodedProperty = readonly [key: string, value: EncodedValue, enumerable: boolean];

const names = [
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SuppressedError',
  'SyntaxError',
  'TypeError',
  'URIError',
];

// By name: SuppressedError is there from Node 24 on.
const builtIns: ReadonlyMap<string, ErrorClass> = new Map(
  names.flatMap((name): [string, ErrorClass][] => {
    const type: unknown = Reflect.get(globalThis, name);
    return isErrorClass(type) ? [[name, type]] : [];
  }),
);

// Ours come from core's own half in the worker, which made them there for the caller. By the names of the exports: in a bundle, the
// caller's copy of a class and the worker's may have been given different names, or each other's.
const ours: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>(Object.entries(executorErrors));

// Read apart, with their own rules. The rest of an error's own properties travel where they are enumerable.
const handledApart = new Set(['message', 'stack']);
const kept = ['cause', 'errors'];
const keptOfSuppressed = [...kept, 'error', 'suppressed'];

/** Encodes what was thrown. Never throws: what cannot travel, or cannot even be looked at, is left out. */
export function encodeError(thrown: unknown, carrier: Carrier): Encoded {
  try {
    return encode(thrown, carrier);
  } catch {
    // An object whose prototype is a Proxy, say: there is no way to look at it that could not throw.
    return encode(new Error('A task threw what cannot be read.'), carrier);
  }
}

function encode(thrown: unknown, carrier: Carrier): Encoded {
  const found: object[] = [];
  const places = new Map<object, number>();
  const errors: EncodedError[] = [];

  const encodeValue = (value: unknown): EncodedValue | undefined => {
    if (isError(value)) {
      let place = places.get(value);
      if (place === undefined) {
        place = found.push(value) - 1;
        places.set(value, place);
      }
      return { error: place };
    }
    return encodeData(value, carrier);
  };

  const root = encodeValue(thrown) ??
    encodeValue(new Error(`A task threw ${describe(thrown)}, which cannot travel.`)) ?? { value: undefined };
  // The list grows while it is gone through: a chain of causes of any length needs no stack.
  for (let error = found[errors.length]; error !== undefined; error = found[errors.length]) {
    errors.push(encodeOne(error, encodeValue));
  }
  return { root, errors };
}

function encodeData(value: unknown, carrier: Carrier): EncodedValue | undefined {
  let prepared: Prepared<unknown> = prepare(value, '', carrier);
  if ('obstacle' in prepared) {
    const rest = pruned(value, carrier);
    if (rest === undefined) return undefined;
    prepared = prepare(rest.value, '', carrier);
  }
  if ('obstacle' in prepared) return undefined;
  const { value: data, patches } = prepared;
  return patches === undefined ? { value: data } : { value: data, patches };
}

function pruned(value: unknown, carrier: Carrier): ReturnType<typeof prune> {
  try {
    return prune(value, carrier);
  } catch {
    // Out of stack: the error itself is not to be lost with its part.
    return undefined;
  }
}

function encodeOne(error: object, encodeValue: (value: unknown) => EncodedValue | undefined): EncodedError {
  const properties: EncodedProperty[] = [];
  const keys = new Set(Object.keys(error).filter((key) => !handledApart.has(key)));
  const base = baseName(error);
  for (const key of base === 'SuppressedError' ? keptOfSuppressed : kept) if (Object.hasOwn(error, key)) keys.add(key);
  if (hasCode(error)) keys.add('code');
  for (const key of keys) {
    const value = read(error, key);
    const isList = key === 'errors' && !types.isProxy(value) && Array.isArray(value) && error instanceof AggregateError;
    const encoded = isList
      ? { value: value.map((item: unknown) => encodeValue(item) ?? { value: undefined }) }
      : encodeValue(value);
    if (encoded !== undefined) properties.push([key, encoded, Object.prototype.propertyIsEnumerable.call(error, key)]);
  }
  return {
    className: className(error),
    base,
    name: text(read(error, 'name')) ?? 'Error',
    message: text(read(error, 'message')) ?? '',
    stack: text(read(error, 'stack')),
    properties,
  };
}

// Also one that its class has for all of its errors; a DOMException's is made of its name, wherever it is.
function hasCode(error: object): boolean {
  return Object.hasOwn(error, 'code') || (!(error instanceof DOMException) && read(error, 'code') !== undefined);
}

/**
 * Sends an encoded error, without its properties if it cannot be written after all: a value may change while it is looked at, and what
 * carries it may know of more that does not travel. Throws what `send` throws of that, too.
 */
export function sendError<T>(encoded: Encoded, send: (encoded: Encoded) => T): T {
  try {
    return send(encoded);
  } catch {
    return send(withoutData(encoded));
  }
}

function withoutData({ root, errors }: Encoded): Encoded {
  const bare = errors.map((error) => ({
    ...error,
    properties: error.properties.flatMap((property) => safe(error, property)),
  }));
  if ('error' in root || isPrimitive(root.value)) return { root, errors: bare };
  return encode(new Error('A task threw what cannot be written.'), plainest);
}

function safe(error: EncodedError, [key, value, enumerable]: EncodedProperty): readonly EncodedProperty[] {
  const list = errorsIn(error, key, value)?.map((item) => (isSafe(item) ? item : { value: undefined }));
  if (list !== undefined) return [[key, { value: list }, enumerable]];
  return isSafe(value) ? [[key, value, enumerable]] : [];
}

function isSafe(value: EncodedValue): boolean {
  return 'error' in value || isPrimitive(value.value);
}

/**
 * What {@link encodeError} encoded, as the caller is to catch it; `origin` is added to its stack. Nothing that a class of the user's does
 * makes it throw.
 */
export function decodeError(encoded: Encoded, classes: ReadonlyMap<string, ErrorClass>, origin?: string): unknown {
  const errors = encoded.errors.map((error) => revive(error, classes));
  const revived = new Map<number, DOMException>();
  const decodeValue = (value: EncodedValue): unknown => {
    if ('error' in value) return errors[value.error];
    return value.patches === undefined ? value.value : applyPatches(value.value, value.patches, revived);
  };
  encoded.errors.forEach((encodedError, place) => {
    const error = errors[place];
    if (error === undefined) return;
    for (const [key, value, enumerable] of encodedError.properties) {
      const decoded = errorsIn(encodedError, key, value)?.map(decodeValue) ?? decodeValue(value);
      // Defined, not assigned: a key such as `__proto__` is only a key (E11).
      Object.defineProperty(error, key, { value: decoded, enumerable, configurable: true, writable: true });
    }
  });
  const root = decodeValue(encoded.root);
  const thrown = 'error' in encoded.root ? errors[encoded.root.error] : undefined;
  if (origin !== undefined && typeof thrown?.stack === 'string')
    hidden(thrown, 'stack', `${thrown.stack}\n    at ${origin}`);
  return root;
}

/** The errors of an AggregateError, each of which is a value of its own. */
function errorsIn({ base }: EncodedError, key: string, value: EncodedValue): readonly EncodedValue[] | undefined {
  const isList = key === 'errors' && base === 'AggregateError' && 'value' in value && Array.isArray(value.value);
  return isList ? (value.value as EncodedValue[]) : undefined;
}

function revive(encoded: EncodedError, classes: ReadonlyMap<string, ErrorClass>): Error {
  if (encoded.base === 'DOMException') {
    const exception = reviveException(encoded.name, encoded.message, encoded.stack);
    const type = classes.get(encoded.className);
    if (type?.prototype instanceof DOMException) Object.setPrototypeOf(exception, type.prototype);
    nameAs(exception, encoded);
    return exception;
  }
  const error = new Error(encoded.message);
  const registered: ErrorClass | undefined =
    classes.get(encoded.className) ?? ours.get(encoded.base) ?? builtIns.get(encoded.base);
  // By its prototype: a constructor could do anything, and wants arguments that nobody has here.
  if (registered !== undefined) Object.setPrototypeOf(error, registered.prototype);
  nameAs(error, encoded);
  hidden(error, 'stack', encoded.stack);
  return error;
}

function nameAs(error: Error, { name, properties }: EncodedError): void {
  // One that is an ordinary property comes with the others, in its place among them.
  const isOrdinary = properties.some(([key]) => key === 'name');
  // A getter of its class may throw: it can need what the constructor makes.
  if (!isOrdinary && read(error, 'name') !== name) hidden(error, 'name', name);
}

function hidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
}

function isError(value: unknown): value is object {
  // First: a Proxy's own code is not to be run, and a revoked one throws.
  return !types.isProxy(value) && (types.isNativeError(value) || value instanceof Error);
}

function className(error: object): string {
  // Not by the error itself, which may have a property of that name (E11).
  const type = read(Object.getPrototypeOf(error) ?? {}, 'constructor');
  return typeof type === 'function' ? type.name : 'Error';
}

function baseName(error: object): string {
  if (error instanceof DOMException) return 'DOMException';
  for (const classes of [ours, builtIns]) {
    for (
      let proto: unknown = Object.getPrototypeOf(error);
      proto !== null && proto !== Error.prototype;
      proto = Object.getPrototypeOf(proto)
    ) {
      for (const [name, type] of classes) if (type.prototype === proto) return name;
    }
  }
  return 'Error';
}

function describe(value: unknown): string {
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value === 'symbol') return `the symbol ${String(value)}`;
  return `a value of type ${typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value}`;
}
