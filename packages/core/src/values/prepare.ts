import { types } from 'node:util';
import type { Transferable } from 'node:worker_threads';
import type { Carrier } from './carrier.js';
import { inspect, type Moving, type Obstacle, type Patch } from './inspect.js';
import { isPrimitive } from './primitive.js';
import { readOut } from './read-out.js';

/** A value that is ready for its carrier, or why it cannot be. */
export type Prepared<T> =
  | { readonly value: T; readonly patches?: readonly Patch[]; readonly transferList?: readonly Transferable[] }
  | { readonly obstacle: Obstacle };

/**
 * Makes a value ready to travel: nearly always, that is the value itself, looked through and not cloned.
 *
 * The look is needed although a failing send would tell: a URL, a Headers or an AbortSignal does not fail everywhere, it arrives
 * as `{}` (V1), and a library whose send fails may lose its worker or the reply with it (V2, V3).
 */
export function prepare<T>(value: T, name: string, carrier: Carrier): Prepared<T> {
  if (isPrimitive(value) || isShortList(value)) return { value };
  const { obstacle, patches, accessors } = inspect(value, name, carrier);
  if (obstacle !== undefined) return { obstacle };
  if (accessors) return readOnce(value, name, carrier);
  return patches.length === 0 ? { value } : { value, patches };
}

// Most argument lists, and many results: not worth a walk.
function isShortList(value: unknown): boolean {
  if (types.isProxy(value) || !Array.isArray(value) || value.length > 8 || !holdsPrimitives(value)) return false;
  const keys = Object.keys(value);
  // Where there are holes, properties beside the elements may make up the number. They come last.
  return keys.length === value.length && (keys.length === 0 || keys[keys.length - 1] === String(value.length - 1));
}

function holdsPrimitives(value: readonly unknown[]): boolean {
  try {
    return value.every(isPrimitive);
  } catch {
    // A getter of an item's: the walk finds it.
    return false;
  }
}

/**
 * Makes a value ready whose getters are called when it is read, once, and may throw then: it is read here, where a failure can still be told.
 * What they give is looked at before anything is moved.
 */
export function readOnce<T>(value: T, name: string, carrier: Carrier, moving?: Moving): Prepared<T> {
  try {
    const read = readOut(value);
    const { obstacle, patches } = inspect(read, name, carrier, { callGetters: true, moving });
    if (obstacle !== undefined) return { obstacle };
    return patches.length === 0 ? { value: read } : { value: read, patches };
  } catch (cause) {
    const { obstacle } = inspect(value, name, carrier, { callGetters: true, moving });
    return { obstacle: obstacle ?? { path: name, what: 'a value that cannot be cloned', cause } };
  }
}

/** Whether a value travels as it is, without any getter being called. */
export function travels(value: unknown, carrier: Carrier): boolean {
  if (isPrimitive(value)) return true;
  const { obstacle, patches, accessors } = inspect(value, '', carrier);
  return obstacle === undefined && patches.length === 0 && !accessors;
}
