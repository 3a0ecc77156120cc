import * as validate from './engine/validate.js';
import { globalOnce } from './global-registry.js';
import type { AnyTask } from './tasks.js';
import { plainest } from './values/carrier.js';
import { travels } from './values/prepare.js';
import { isPrimitive } from './values/primitive.js';

/** Which task a carrier is asked about. */
export type CarryingTask = Pick<AnyTask, 'module' | 'name'>;

/**
 * Takes something of the caller's async context along with each task: a `traceparent`, a tenant's id. The same carrier is registered in the
 * caller's process and in the workers.
 */
// biome-ignore lint/suspicious/noExplicitAny: registered are carriers of any value; each reads only what it wrote itself.
export interface ContextCarrier<Value = any> {
  /** Names the value on its way; the carrier in the worker has the same name. */
  readonly name: string;
  /**
   * Called for each task that is accepted, at submit, in the caller's async context. What it returns, small plain data that can go to a
   * process, travels with the task; undefined is nothing.
   */
  inject(task: CarryingTask): Value | undefined;
  /**
   * Called in the worker with the value of a task that has one. Calls `run` once, at once, in the context that the value describes, and
   * returns what it returns: the task's result, or its promise.
   */
  extract<Result>(value: Value, run: () => Result, task: CarryingTask): Result;
}

/** What travels with a call, by the names of its carriers. */
export type TaskContextValues = Readonly<Record<string, unknown>>;

interface Registration {
  readonly carrier: ContextCarrier;
  count: number;
}

interface Registry {
  readonly registrations: Map<string, Registration>;
  /** The carriers that a warning has been given about. */
  readonly warned: Set<string>;
}

const registry: Registry = globalOnce('anypool.context-carriers/v1', () => ({
  registrations: new Map<string, Registration>(),
  warned: new Set<string>(),
}));

const functionCheck: validate.Check = { allowed: 'a function', type: 'function', accepts: () => true };

/**
 * Registers a carrier for this thread: its `inject` is called for each task that is submitted here, and its `extract` around each task that
 * runs here with a value of its name. In a worker, an initializer or the task's own module registers it.
 *
 * A carrier never fails a task: where it throws, or its value cannot travel, the task goes without it, and a process warning with the
 * code `ANYPOOL_CONTEXT_CARRIER` tells so, once for each name.
 *
 * Disposing the result takes the carrier away. Throws a TypeError for what is no carrier, and for a name that another carrier has.
 *
 * @example
 * ```ts
 * import { AsyncLocalStorage } from 'node:async_hooks';
 * import { registerContextCarrier } from '@anypool/core';
 *
 * const tenants = new AsyncLocalStorage<string>();
 * registerContextCarrier<string>({
 *   name: 'tenant',
 *   inject: () => tenants.getStore(),
 *   extract: (tenant, run) => tenants.run(tenant, run),
 * });
 * ```
 */
export function registerContextCarrier<Value>(carrier: ContextCarrier<Value>): Disposable {
  const where = 'registerContextCarrier';
  if (typeof carrier !== 'object' || carrier === null)
    throw new TypeError(
      `${where}: carrier must be an object { name, inject, extract }, got ${validate.shown(carrier)}.`,
    );
  const { name } = carrier;
  validate.checkValue(where, 'name', name, validate.text);
  validate.checkValue(where, 'inject', carrier.inject, functionCheck);
  validate.checkValue(where, 'extract', carrier.extract, functionCheck);
  const registration = registry.registrations.get(name) ?? { carrier, count: 0 };
  if (registration.carrier !== carrier)
    throw new TypeError(`${where}: another carrier named '${name}' is registered; dispose that one first.`);
  registration.count += 1;
  registry.registrations.set(name, registration);
  let isRegistered = true;
  return {
    [Symbol.dispose]() {
      if (!isRegistered) return;
      isRegistered = false;
      registration.count -= 1;
      if (registration.count === 0) registry.registrations.delete(name);
    },
  };
}

/** Whether this thread has any carriers: without them, a task costs nothing more. */
export function hasCarriers(): boolean {
  return registry.registrations.size > 0;
}

/** What the carriers of this thread give a task to take along; undefined for nothing. To be called in the caller's async context. */
export function injectContext(task: CarryingTask): TaskContextValues | undefined {
  const values: [string, unknown][] = [];
  for (const { carrier } of [...registry.registrations.values()]) {
    try {
      const value: unknown = carrier.inject(task);
      if (value !== undefined) values.push([carrier.name, snapshot(value)]);
    } catch (error) {
      warnOnce(carrier.name, 'the task is submitted without its value', error);
    }
  }
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

/** The carriers of this thread that have a value among these, with it, in the order in which they were registered. */
export function carriersOf(values: TaskContextValues): [carrier: ContextCarrier, value: unknown][] {
  return [...registry.registrations.values()].flatMap(({ carrier }) =>
    Object.hasOwn(values, carrier.name) ? [[carrier, values[carrier.name]]] : [],
  );
}

/** Tells that a carrier did not do its part, once for each carrier: a trace that is not there fails no task. */
export function warnOnce(name: string, consequence: string, error: unknown): void {
  if (registry.warned.has(name)) return;
  registry.warned.add(name);
  process.emitWarning(`The context carrier '${name}' failed, and ${consequence}: ${validate.summary(error)}`, {
    code: 'ANYPOOL_CONTEXT_CARRIER',
  });
}

// Copied at submit: the task may wait for long, and what it takes along is what was so then. As for a process, since a carrier does not know
// which executor the task is for.
function snapshot(value: unknown): unknown {
  if (isPrimitive(value)) return value;
  if (!travels(value, plainest)) throw new TypeError(`inject() must return plain data, got ${validate.shown(value)}.`);
  return structuredClone(value);
}
