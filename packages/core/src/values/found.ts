import { maxDepth } from './this-node.js';

/** Something in a value that cannot travel, and the way to it. */
export interface Found {
  /** The path, innermost step first. */
  readonly steps: string[];
  readonly what: string;
  readonly cause?: unknown;
}

export function found(what: string, cause?: unknown): Found {
  return { steps: [], what, cause };
}

export function tooDeep(): Found {
  const what = `a value nested more than ${maxDepth} levels deep`;
  return found(what, new RangeError(`It is ${what}.`));
}

/** As seen from outside: `step` leads to it. */
export function within(found: Found, step: string): Found {
  found.steps.push(step);
  return found;
}

/** The step to a property, as one would write it. */
export function property(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** A primitive, as one would write it. */
export function literal(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value === 'bigint' ? `${value}n` : String(value);
}

/** A name with the article before it. */
export function article(name: string): string {
  return `${/^[AEIOaeio]/.test(name) ? 'an' : 'a'} ${name}`;
}
