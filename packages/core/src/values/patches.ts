import type { Patch, Step } from './inspect.js';

/** Puts the DOMExceptions back into a value that has travelled; returns the value, which may itself be one. */
export function applyPatches(value: unknown, patches: readonly Patch[]): unknown {
  // The same exception at two places is one object again, as far as its data can tell.
  const revived = new Map<string, DOMException>();
  let root = value;
  for (const patch of patches) {
    const key = JSON.stringify([patch.name, patch.message, patch.stack]);
    let exception = revived.get(key);
    if (exception === undefined) {
      exception = reviveException(patch.name, patch.message, patch.stack);
      revived.set(key, exception);
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
  if (typeof step === 'object' && value instanceof Map && 'map' in step) return [...value.values()][step.map];
  if (typeof step === 'object' && value instanceof Set && 'set' in step) return [...value.values()][step.set];
  return typeof value === 'object' && value !== null && typeof step !== 'object' ? Reflect.get(value, step) : undefined;
}

function replace(parent: unknown, step: Step, exception: DOMException): void {
  if (parent instanceof Map && typeof step === 'object' && 'map' in step) {
    parent.set([...parent.keys()][step.map], exception);
  } else if (parent instanceof Set && typeof step === 'object' && 'set' in step) {
    const values = [...parent.values()];
    values[step.set] = exception;
    parent.clear();
    for (const value of values) parent.add(value);
  } else if (typeof parent === 'object' && parent !== null && typeof step !== 'object') {
    Object.defineProperty(parent, step, { value: exception, configurable: true, enumerable: true, writable: true });
  }
}
