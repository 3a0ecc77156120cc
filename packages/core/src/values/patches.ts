import { types } from 'node:util';
import type { Patch, Step } from './inspect.js';

/**
 * Puts the DOMExceptions back into a value that has travelled; returns the value, which may itself be one. `revived` has those that
 * were put back already, into other values of the same message.
 */
export function applyPatches(
  value: unknown,
  patches: readonly Patch[],
  revived: Map<number, DOMException> = new Map(),
): unknown {
  let root = value;
  for (const patch of patches) {
    let exception = revived.get(patch.exception);
    if (exception === undefined) {
      exception = reviveException(patch.name, patch.message, patch.stack);
      revived.set(patch.exception, exception);
    }
    const last = patch.steps.at(-1);
    if (last === undefined) root = exception;
    else replace(patch.steps.slice(0, -1).reduce(follow, root), last, exception);
  }
  return root;
}

/** A DOMException with the worker's stack. */
export function reviveException(name: string, message: string, stack: string | undefined): DOMException {
  const exception = new DOMException(message, name);
  Object.defineProperty(exception, 'stack', { value: stack, configurable: true, writable: true });
  return exception;
}

function follow(value: unknown, step: Step): unknown {
  if (typeof step === 'object' && types.isMap(value) && 'key' in step) return [...value.keys()][step.key];
  if (typeof step === 'object' && types.isMap(value) && 'map' in step) return [...value.values()][step.map];
  if (typeof step === 'object' && types.isSet(value) && 'set' in step) return [...value.values()][step.set];
  if (typeof value !== 'object' || value === null || typeof step === 'object') return undefined;
  // Own properties alone: by `__proto__`, a patch from a stranger would come to what all objects share (E11, R2).
  return Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
}

function replace(parent: unknown, step: Step, exception: DOMException): void {
  if (types.isMap(parent) && typeof step === 'object' && 'map' in step) {
    parent.set([...parent.keys()][step.map], exception);
  } else if (types.isMap(parent) && typeof step === 'object' && 'key' in step) {
    const entries = [...parent];
    parent.clear();
    entries.forEach(([key, value], index) => void parent.set(index === step.key ? exception : key, value));
  } else if (types.isSet(parent) && typeof step === 'object' && 'set' in step) {
    const values = [...parent.values()];
    values[step.set] = exception;
    parent.clear();
    for (const value of values) parent.add(value);
  } else if (typeof parent === 'object' && parent !== null && typeof step !== 'object') {
    // What it takes the place of may be hidden: the cause of an error.
    const enumerable = Object.getOwnPropertyDescriptor(parent, step)?.enumerable ?? true;
    Object.defineProperty(parent, step, { value: exception, configurable: true, enumerable, writable: true });
  }
}
