import { types } from 'node:util';
import { toBytes } from './bytes.js';
import { read } from './read.js';

/** The class of the platform's that a value says it is of, and is; undefined if it says nothing like that. */
export function hostClassOf(value: object): HostClass | undefined {
  const tag = tagOf(value);
  const host: unknown = tag === undefined ? undefined : Reflect.get(globalThis, tag);
  return typeof host === 'function' && value instanceof host ? host : undefined;
}

export interface HostClass {
  [Symbol.hasInstance](value: unknown): boolean;
}

/** What to call such an object. */
export function hostName(value: object): string {
  const name: unknown = tagOf(value) ?? value.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'object of the platform';
}

// A getter that needs what its class's constructor makes throws, and no class of the platform's has one that does.
function tagOf(value: object): string | undefined {
  const tag = read(value, Symbol.toStringTag);
  return typeof tag === 'string' ? tag : undefined;
}

/** By prototype: whether what has it may be more than its properties. */
const known = new WeakMap<object, boolean>();

/**
 * Whether an object may be the platform's own, and more than its properties. What has nothing but JavaScript behind it is not, unless it is
 * Node's and says how it is cloned. Only {@link attempt} tells what of the others is: it clones them, which is not done to what may be large.
 */
export function mayBeHost(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) return false;
  let isHost = known.get(prototype);
  if (isHost === undefined) {
    isHost = isHostPrototype(prototype);
    known.set(prototype, isHost);
  }
  // Of those that are marked one by one, nearly all have a tag and nothing else to be seen.
  return isHost || (tagOf(value) !== undefined && Object.keys(value).length === 0);
}

function isHostPrototype(first: object): boolean {
  for (let prototype: object | null = first; prototype !== null; ) {
    if (types.isProxy(prototype)) return true;
    const next: object | null = Object.getPrototypeOf(prototype);
    const type: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    // The root of all, maybe another realm's.
    if (next === null && typeof type === 'function' && type.name === 'Object') return false;
    if (isNative(type) || (type === undefined && hasNativeMethods(prototype))) return true;
    if (Object.getOwnPropertySymbols(prototype).some(isOfMessaging)) return true;
    prototype = next;
  }
  return false;
}

// What the language makes without a class that anybody could call.
function hasNativeMethods(prototype: object): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(prototype)).some(({ value }) => isNative(value));
}

function isNative(type: unknown): boolean {
  return typeof type === 'function' && /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(type));
}

// The methods by which Node's own classes are cloned and moved.
function isOfMessaging(symbol: symbol): boolean {
  return symbol.description?.startsWith('messaging_') === true;
}

/**
 * What becomes of an object on its way: it arrives as what it is, or as a plain object with its properties, or not at all. Only trying
 * tells. What it holds may be at fault as well: that is for others to find.
 */
export function attempt(
  value: object,
  via: 'clone' | 'bytes',
  host: HostClass | undefined,
): 'itself' | 'properties' | { readonly cause?: unknown } {
  const travel = (sent: object): object => {
    const copy = structuredClone(sent);
    if (via === 'bytes') toBytes(sent);
    return copy;
  };
  try {
    const copy = travel(value);
    if (host !== undefined && !(copy instanceof host)) return {};
    if (Object.getPrototypeOf(copy) === Object.prototype) return 'properties';
    // Bytes carry no object of Node's, and make an empty one of many.
    return via === 'clone' ? 'itself' : {};
  } catch (cause) {
    return isWritten(() => travel({ ...value })) ? { cause } : 'properties';
  }
}

function isWritten(write: () => unknown): boolean {
  try {
    write();
    return true;
  } catch {
    return false;
  }
}
