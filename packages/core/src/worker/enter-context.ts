import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import {
  type CarryingTask,
  type ContextCarrier,
  carriersOf,
  type TaskContextValues,
  warnOnce,
} from '../context-carriers.js';
import type { TaskFunction } from './load-module.js';

/** What of a call matters here. */
type CarryingCall = CarryingTask & { readonly context?: TaskContextValues };

/**
 * The task as it runs inside what the carriers of this thread make of the values that came with its call; see `registerContextCarrier`.
 *
 * Whatever a carrier does, the task runs exactly once, and its result or error is its own.
 */
export function inContext(call: CarryingCall, task: TaskFunction): TaskFunction {
  const { context: values } = call;
  if (values === undefined) return task;
  return (...args) =>
    carriersOf(values).reduceRight<() => unknown>(
      (run, [carrier, value]) =>
        () =>
          inCarrier(carrier, value, call, run),
      () => keptInContext(task(...args)),
    )();
}

// A generator's body runs when it is asked for items, which is after the carriers have returned.
function keptInContext(result: unknown): unknown {
  if (!types.isGeneratorObject(result)) return result;
  const inside = AsyncLocalStorage.snapshot();
  for (const name of ['next', 'return', 'throw'] as const) {
    const method = result[name];
    const value = (...args: [unknown]): unknown => inside(() => method.apply(result, args));
    Object.defineProperty(result, name, { value, configurable: true, writable: true });
  }
  return result;
}

type Ended = { readonly result: unknown } | { readonly error: unknown };

function inCarrier(
  carrier: ContextCarrier,
  value: unknown,
  { module, name }: CarryingTask,
  run: () => unknown,
): unknown {
  let ended: Ended | undefined;
  let isRunning = false;
  const runOnce = (): unknown => {
    if (isRunning) throw new Error('extract() called run() inside of run().');
    if (ended === undefined) {
      isRunning = true;
      ended = outcomeOf(run);
      isRunning = false;
    }
    return unwrap(ended);
  };
  try {
    const returned: unknown = carrier.extract(value, runOnce, { module, name });
    // An async extract() gives a promise of its own, and nobody is to wait for that: the task's result is what run() returned.
    if (types.isPromise(returned)) returned.catch(() => {});
    if (ended === undefined)
      warnOnce(carrier.name, 'the task runs without it', new Error('extract() did not call run().'));
  } catch (error) {
    // Else it is the task's own error on its way through, or the carrier's, after a task that has ended.
    const isOwn = ended !== undefined && 'error' in ended && ended.error === error;
    if (!isOwn) warnOnce(carrier.name, ended === undefined ? 'the task runs without it' : 'the task had ended', error);
  }
  return runOnce();
}

function outcomeOf(run: () => unknown): Ended {
  try {
    return { result: run() };
  } catch (error) {
    return { error };
  }
}

function unwrap(ended: Ended): unknown {
  if ('error' in ended) throw ended.error;
  return ended.result;
}
