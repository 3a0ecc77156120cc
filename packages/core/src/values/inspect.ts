import { types } from 'node:util';
import { MessagePort, type Transferable } from 'node:worker_threads';
import type { Carrier } from './carrier.js';
import { article, type Found, found, literal, property, tooDeep, within } from './found.js';
import { attempt, type HostClass, hostClassOf, hostName, mayBeHost } from './host-objects.js';
import { isMoved } from './moved.js';
import { namedKeys } from './named-keys.js';
import { isPrimitive } from './primitive.js';
import { clonesExceptions, maxDepth, readsOwnCauses } from './this-node.js';
import { refusal } from './transferable.js';

/** A step from a value to one inside it. */
export type Step = string | number | { readonly key: number } | { readonly map: number } | { readonly set: number };

/** A DOMException somewhere in a value whose carrier would make an empty object of it; it is put back after the journey. */
export interface Patch {
  readonly steps: readonly Step[];
  /** Which one it is: the same at every place of the same exception. */
  readonly exception: number;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Why a value cannot travel: where it is, what it is, and the error that says so, if there is one. */
export interface Obstacle {
  readonly path: string;
  readonly what: string;
  readonly cause?: unknown;
}

/** What goes along with a value and is not copied with it. */
export interface Moving {
  readonly transferList: Set<Transferable>;
  /** Whether what can be moved and is found in the value goes, too. */
  readonly collects: boolean;
}

interface InspectOptions {
  readonly callGetters?: boolean;
  readonly places?: boolean;
  readonly moving?: Moving | undefined;
}

interface Inspection {
  readonly obstacle?: Obstacle;
  readonly patches: readonly Patch[];
  /** Whether there are getters in it, which were not called. */
  readonly accessors: boolean;
}

/** Looks through a value for what keeps it from travelling, and for what {@link Moving} collects. */
export function inspect(value: unknown, name: string, carrier: Carrier, options: InspectOptions = {}): Inspection {
  const inspector = new Inspector(carrier, options);
  let found: Found | undefined;
  try {
    found = inspector.look(value, 0);
  } catch (cause) {
    // Most likely the walk itself ran out of stack, at a submit from deep inside a recursion.
    const what = cause instanceof RangeError ? 'a value nested too deeply' : 'a value that cannot be read';
    found = { steps: [], what, cause };
  }
  const { patches, accessors, needsPlaces } = inspector;
  if (found !== undefined)
    return {
      patches,
      accessors,
      obstacle: { path: name + found.steps.reverse().join(''), what: found.what, cause: found.cause },
    };
  return needsPlaces ? inspect(value, name, carrier, { ...options, places: true }) : { patches, accessors };
}

class Inspector {
  readonly patches: Patch[] = [];
  accessors = false;
  /** Set when a DOMException was found and its place is not known, since places are not kept track of. */
  needsPlaces = false;
  readonly #carrier: Carrier;
  readonly #callGetters: boolean;
  /** The steps to where the walk is; undefined where nobody wants to know, which is nearly always. */
  readonly #steps: Step[] | undefined;
  /** Telling a getter from a value takes ten times as long as reading it: in a huge value, only so many properties are asked. */
  #descriptorsLeft = 1000;
  /** Those objects that have others in them: only by way of one can a circle be closed. */
  readonly #seen = new Set<object>();

  /** Errors whose causes are being looked through. */
  readonly #inCause = new Set<object>();
  readonly #moving: Moving | undefined;

  constructor(carrier: Carrier, { callGetters = false, places = false, moving }: InspectOptions) {
    this.#carrier = carrier;
    this.#callGetters = callGetters;
    this.#steps = places ? [] : undefined;
    this.#moving = moving;
  }

  look(value: unknown, depth: number): Found | undefined {
    if (typeof value === 'function') return found(value.name ? `the function ${value.name}` : 'a function');
    if (typeof value === 'symbol') return found(`the symbol ${String(value)}`);
    if (typeof value !== 'object' || value === null) return undefined;
    if (types.isProxy(value)) return found('a Proxy');
    if (depth > maxDepth) return tooDeep();
    if (Array.isArray(value)) return this.#array(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return this.#special(value, depth);
    if (Symbol.iterator in value && types.isArgumentsObject(value)) return found('an arguments object');
    if (prototype === null && types.isModuleNamespaceObject(value)) return found('a module');
    return this.#properties(value, depth);
  }

  #special(value: object, depth: number): Found | undefined {
    if (value instanceof DOMException) return this.#exception(value);
    if (ArrayBuffer.isView(value)) return this.#buffer(value.buffer, value);
    if (types.isAnyArrayBuffer(value)) return this.#buffer(value);
    if (types.isDate(value) || types.isRegExp(value)) return undefined;
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    if (types.isNativeError(value)) return this.#error(value, depth);
    if (types.isBoxedPrimitive(value)) return types.isSymbolObject(value) ? found('a Symbol object') : undefined;
    if (types.isGeneratorObject(value)) return found('a generator');
    if (isMoved(value)) return found('a moved value that is not the whole argument, result or item');
    if (this.#goesAlong(value)) return undefined;
    const host = hostClassOf(value);
    return host === undefined && !mayBeHost(value) ? this.#properties(value, depth) : this.#host(value, depth, host);
  }

  // The platform's own objects, of which there are few in a value: only trying tells whether one travels, and as what.
  #host(value: object, depth: number, host: HostClass | undefined): Found | undefined {
    // It does not travel unless it is moved, and Node 24 does not survive the attempt if the port is closed.
    if (value instanceof MessagePort) return found('a MessagePort');
    if (this.#wasSeen(value)) return undefined;
    const inside = this.#properties(value, depth, Object.keys(value), true);
    // It would call them: what cannot travel is found when they are called in any case.
    if (this.accessors && !this.#callGetters) return inside;
    const becomes = attempt(value, this.#carrier.via, host);
    if (becomes === 'itself') return undefined;
    if (becomes === 'properties') return inside;
    return inside ?? found(article(hostName(value)), becomes.cause);
  }

  #buffer(buffer: ArrayBufferLike, view?: ArrayBufferView): Found | undefined {
    if (types.isSharedArrayBuffer(buffer)) return this.#carrier.sharedMemory ? undefined : found('a SharedArrayBuffer');
    try {
      // Before Node 21 nothing else tells a detached buffer from an empty one.
      if (buffer.byteLength === 0) buffer.slice(0);
    } catch (cause) {
      return found('a detached ArrayBuffer', cause);
    }
    if (view !== undefined && isOutOfBounds(buffer, view)) return found('a view of memory that is not there any more');
    // In the rest of a Buffer's memory, Node may keep other Buffers; before Node 21 it does not say so of that memory itself.
    const isPart = Buffer.isBuffer(view) && view.byteLength < buffer.byteLength;
    if (this.#moving?.collects && !isPart) this.#moving.transferList.add(buffer);
    return undefined;
  }

  // A port that is closed is left to the attempt to send it, which fails as it does for one that is not moved.
  #goesAlong(value: object): boolean {
    if (this.#moving === undefined) return false;
    const { transferList, collects } = this.#moving;
    if (collects && value instanceof MessagePort && refusal([value]) === undefined) transferList.add(value);
    const going: ReadonlySet<unknown> = transferList;
    return going.has(value);
  }

  #array(value: readonly unknown[], depth: number): Found | undefined {
    // A long sparse array has few elements and billions of indices.
    if (value.length > 50_000_000) return this.#properties(value, depth);
    let entered = false;
    for (let i = 0; i < value.length; i += 1) {
      let item: unknown;
      try {
        item = value[i];
      } catch (cause) {
        return { steps: [`[${i}]`], what: 'a getter that throws', cause };
      }
      if (isPrimitive(item)) continue;
      if (!entered && this.#wasSeen(value)) return undefined;
      entered = true;
      const at = this.#step(item, i, depth);
      if (at !== undefined) return within(at, `[${i}]`);
    }
    // Properties beside the elements travel, too.
    const named = namedKeys(value);
    return named.length === 0 ? undefined : this.#properties(value, depth, named, entered);
  }

  #properties(value: object, depth: number, keys = Object.keys(value), hasEntered = false): Found | undefined {
    let entered = hasEntered;
    for (const key of keys) {
      let child: unknown;
      try {
        child = this.#read(value, key);
      } catch (cause) {
        return { steps: [property(key)], what: 'a getter that throws', cause };
      }
      if (isPrimitive(child)) continue;
      if (!entered && this.#wasSeen(value)) return undefined;
      entered = true;
      const at = this.#step(child, key, depth);
      if (at !== undefined) return within(at, property(key));
    }
    return undefined;
  }

  /** Goes from a value to one inside it. */
  #step(child: unknown, step: Step, depth: number): Found | undefined {
    if (this.#steps === undefined) return this.look(child, depth + 1);
    this.#steps.push(step);
    const at = this.look(child, depth + 1);
    this.#steps.pop();
    return at;
  }

  #wasSeen(value: object): boolean {
    if (this.#seen.has(value)) return true;
    this.#seen.add(value);
    return false;
  }

  #read(parent: object, key: string): unknown {
    if (this.#callGetters || this.#descriptorsLeft === 0) return Reflect.get(parent, key);
    this.#descriptorsLeft -= 1;
    const descriptor = Object.getOwnPropertyDescriptor(parent, key);
    if (descriptor?.get !== undefined) this.accessors = true;
    return descriptor?.value;
  }

  #map(map: Map<unknown, unknown>, depth: number): Found | undefined {
    if (this.#wasSeen(map)) return undefined;
    let index = 0;
    for (const [key, value] of Map.prototype.entries.call(map)) {
      const atKey = this.#step(key, { key: index }, depth);
      if (atKey !== undefined) return within(atKey, `.keys()[${index}]`);
      const atValue = this.#step(value, { map: index }, depth);
      if (atValue !== undefined)
        return within(atValue, isPrimitive(key) ? `.get(${literal(key)})` : `.values()[${index}]`);
      index += 1;
    }
    return undefined;
  }

  #set(set: Set<unknown>, depth: number): Found | undefined {
    if (this.#wasSeen(set)) return undefined;
    let index = 0;
    for (const value of Set.prototype.values.call(set)) {
      const at = this.#step(value, { set: index }, depth);
      if (at !== undefined) return within(at, `.values()[${index}]`);
      index += 1;
    }
    return undefined;
  }

  #error(error: Error, depth: number): Found | undefined {
    for (const key of ['name', 'message', 'stack'] as const) {
      const at = this.#errorText(error, key);
      if (at !== undefined) return within(at, property(key));
    }
    // A thread would not even say that it could not read it (S4).
    if (this.#inCause.has(error) && !readsOwnCauses())
      return found('an error within its own cause, which this Node cannot read');
    if (!Object.hasOwn(error, 'cause') || this.#wasSeen(error)) return undefined;
    let cause: unknown;
    try {
      cause = this.#read(error, 'cause');
    } catch (thrown) {
      return within(found('a getter that throws', thrown), '.cause');
    }
    this.#inCause.add(error);
    const at = this.#step(cause, 'cause', depth);
    this.#inCause.delete(error);
    return at === undefined ? undefined : within(at, '.cause');
  }

  /** What a clone reads of an error as a text, which may be anybody's code. */
  #errorText(error: Error, key: 'name' | 'message' | 'stack'): Found | undefined {
    if (!this.#callGetters) {
      this.accessors ||= !isOrdinaryText(error, key);
      return undefined;
    }
    try {
      void `${error[key]}`;
      return undefined;
    } catch (cause) {
      return found('a text that cannot be read', cause);
    }
  }

  #exception(exception: DOMException): Found | undefined {
    // Node 20 clones a DOMException to `{}`, and V8's serializer makes a bare Error of it on every line (V1).
    if (this.#carrier.via === 'clone' && clonesExceptions()) return undefined;
    if (this.#steps === undefined) {
      this.needsPlaces = true;
      return undefined;
    }
    try {
      const { name, message, stack } = exception;
      this.patches.push({ steps: [...this.#steps], exception: numberOf(exception), name, message, stack });
      return undefined;
    } catch (cause) {
      return found('a DOMException that cannot be read', cause);
    }
  }
}

const keysOfTyped: (this: unknown) => unknown = Object.getPrototypeOf(Uint8Array.prototype).keys;

/** Whether the memory under a view has shrunk so that the view has none. */
function isOutOfBounds(buffer: ArrayBufferLike, view: ArrayBufferView): boolean {
  if (!('resizable' in buffer) || buffer.resizable !== true) return false;
  try {
    if (types.isDataView(view)) void view.byteLength;
    else keysOfTyped.call(view);
    return false;
  } catch {
    return true;
  }
}

// Node's own, where a stack is not a value.
const stackGetter: unknown = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get;

/** Whether an error's property, own or inherited, is a text, so that reading it runs nobody's code. */
function isOrdinaryText(error: Error, key: string): boolean {
  for (let owner: object | null = error; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (types.isProxy(owner)) return false;
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor === undefined) continue;
    if (descriptor.get !== undefined || descriptor.set !== undefined)
      return descriptor.get !== undefined && descriptor.get === stackGetter;
    return typeof descriptor.value === 'string' || descriptor.value === undefined;
  }
  return true;
}

const numbers = new WeakMap<DOMException, number>();
let lastNumber = 0;

// By number, not by what it says: two exceptions may say the same.
function numberOf(exception: DOMException): number {
  let number = numbers.get(exception);
  if (number === undefined) {
    lastNumber += 1;
    number = lastNumber;
    numbers.set(exception, number);
  }
  return number;
}
