import { isAbsolute } from 'node:path';
import { inspect, types } from 'node:util';
import type { Executor, ShutdownOptions } from '../executor.js';
import type { ErrorClass } from '../options.js';

/** What an option may be, in words, and whether a value is that. */
export interface Check {
  readonly allowed: string;
  /** As `typeof` says it, or `any`. A value of another type is a TypeError, and so is an object that is not accepted. */
  readonly type: string;
  /** For what may be of several types, in place of `type`. */
  hasType?(value: unknown): boolean;
  accepts(value: never): boolean;
}

function numeric(allowed: string, accepts: (value: number) => boolean): Check {
  return { allowed, type: 'number', accepts };
}

export const positiveInteger: Check = numeric(
  'a whole number from 1',
  (value) => Number.isSafeInteger(value) && value >= 1,
);
export const positiveIntegerOrInfinity: Check = numeric(
  'a whole number from 1, or Infinity',
  (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 1),
);
export const nonNegativeInteger: Check = numeric(
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && value >= 0,
);
export const nonNegativeIntegerOrInfinity: Check = numeric(
  'a whole number from 0, or Infinity',
  (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value >= 0),
);
/** A time in ms. */
export const duration: Check = numeric('ms from 0, or Infinity', (value) => value >= 0);
export const finiteNumber: Check = numeric('a finite number', Number.isFinite);
export const positiveNumber: Check = numeric('a finite number above 0', (value) => Number.isFinite(value) && value > 0);
/** Of `shutdown()`. */
export const shutdownChecks: Readonly<Record<keyof ShutdownOptions, Check>> = {
  cancelPending: { allowed: 'true or false', type: 'boolean', accepts: () => true },
  timeout: duration,
};
/** For what a library checks by itself. */
export const anything: Check = { allowed: 'anything', type: 'any', accepts: () => true };
export const boolean: Check = { allowed: 'true or false', type: 'boolean', accepts: () => true };
export const text: Check = {
  allowed: 'a string that is not empty',
  type: 'string',
  accepts: (value: string) => value !== '',
};
export const textList: Check = {
  allowed: 'an array of strings',
  type: 'object',
  accepts: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};
export const location: Check = {
  allowed: 'a file URL or an absolute path',
  type: 'any',
  hasType: (value) => isUrl(value) || typeof value === 'string',
  accepts: (value: URL | string) => (typeof value === 'string' ? isLocation(value) : value.protocol === 'file:'),
};
export const record: Check = {
  allowed: 'an object',
  type: 'object',
  accepts: (value: unknown) => !Array.isArray(value),
};
export const signal: Check = {
  allowed: 'an AbortSignal',
  type: 'object',
  accepts: isSignal,
};
export const errorClasses: Check = {
  allowed: 'an array of classes that extend Error',
  type: 'object',
  accepts: (value: unknown) => Array.isArray(value) && value.every(isErrorClass),
};
export const hook: Check = { allowed: 'an object { task, args } with a task', type: 'object', accepts: isHook };

function isLocation(text: string): boolean {
  return text.startsWith('file:') ? URL.canParse(text) : isAbsolute(text);
}

/** Whether it is a URL. Not by its class: where tests have a DOM, that is another one than Node's. */
export function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  return 'href' in value && typeof value.href === 'string' && 'protocol' in value && typeof value.protocol === 'string';
}

// Not by its class either.
function isSignal(value: object): boolean {
  return (
    'aborted' in value &&
    typeof value.aborted === 'boolean' &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function' &&
    'removeEventListener' in value &&
    typeof value.removeEventListener === 'function'
  );
}

/** Whether the value is a class of errors. */
export function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'function' && value.prototype instanceof Error;
}

function isHook(value: { task?: unknown; args?: unknown }): boolean {
  if (Object.keys(value).some((key) => key !== 'task' && key !== 'args')) return false;
  return isTask(value.task) && (value.args === undefined || Array.isArray(value.args));
}

/** Whether the value is a task as `tasksFrom()` and the like make them. */
export function isTask(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'module' in value && typeof value.module === 'string' && 'name' in value && typeof value.name === 'string';
}

/** Whether the value is an executor, and not just a view of one, which has no end of its own. */
export function isExecutor(value: unknown): value is Executor {
  if (typeof value !== 'object' || value === null) return false;
  const { submit, shutdown, terminate }: { submit?: unknown; shutdown?: unknown; terminate?: unknown } = value;
  return [submit, shutdown, terminate].every((method) => typeof method === 'function');
}

/**
 * Checks an options object against a table. An option that is `undefined` counts as not given.
 *
 * Throws a TypeError for an unknown option or a wrong type and a RangeError for a wrong value, naming option, value and what is allowed.
 */
export function checkOptions(where: string, options: unknown, checks: Readonly<Record<string, Check>>): void {
  checkOptionsObject(where, options);
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !Object.hasOwn(checks, name))
      throw new TypeError(`${where}: unknown option '${name}'; there are ${Object.keys(checks).join(', ')}.`);
  // Inherited ones too: they are used as well.
  for (const [name, check] of Object.entries(checks)) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined) checkValue(where, name, value, check);
  }
}

/**
 * Throws a TypeError for options that are no object, or an array. To be called before anything is taken out of them: what is left of a number
 * then is an object, too.
 */
export function checkOptionsObject(where: string, options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError(`${where}: the options must be an object, got ${shown(options)}.`);
}

/** Checks one value; see {@link checkOptions}. */
export function checkValue(where: string, name: string, value: unknown, check: Check): void {
  const rightType = check.hasType?.(value) ?? (check.type === 'any' || (typeof value === check.type && value !== null));
  if (rightType && check.accepts(value as never)) return;
  const message = `${where}: ${name} must be ${check.allowed}, got ${shown(value)}.`;
  throw rightType && check.type !== 'object' ? new RangeError(message) : new TypeError(message);
}

/** A value as an error message shows it. */
export function shown(value: unknown): string {
  try {
    return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 200);
  } catch {
    return `a value of type ${typeof value} that cannot be shown`;
  }
}

/** An error as part of another one's message. */
export function summary(error: unknown): string {
  try {
    return types.isNativeError(error) || error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
  } catch {
    return 'an error that cannot be read';
  }
}
