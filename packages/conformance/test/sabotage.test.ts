import assert from 'node:assert/strict';
import { conformanceCases, runCase, type Target } from '@anypool/conformance';
import {
  type AnyTask,
  type Executor,
  ExecutorError,
  type Future,
  inlineExecutor,
  NotCloneableError,
  type Submitter,
  TaskModuleError,
  TaskNotFoundError,
  type TaskStream,
} from '@anypool/core';
import { test } from 'vitest';

/** How to break an executor. What is not given is as it should be. */
interface Sabotage {
  readonly options?: (options: Record<string, unknown>) => object;
  readonly viewOptions?: (options: Record<string, unknown>) => object;
  readonly args?: (args: unknown[]) => unknown[];
  readonly future?: (future: Future<unknown>) => Promise<unknown>;
  readonly result?: (value: unknown) => unknown;
  readonly error?: (error: unknown) => unknown;
  readonly stream?: (items: TaskStream<unknown>) => AsyncIterableIterator<unknown>;
}

/** One executor per rule, which breaks that rule. A suite that does not notice is broken itself. */
const sabotages: Readonly<Record<string, Sabotage>> = {
  S1: {
    args(args) {
      if (args.some((arg) => typeof arg === 'function')) throw new TypeError('thrown by submit');
      return args;
    },
  },
  S2: { future: (future) => future.then((value) => value) },
  S3: { future: (future) => Object.defineProperty(future, 'state', { value: 'running' }) },
  S5: { args: (args) => args.filter((arg) => arg !== undefined) },
  S6: { result: (value) => value || undefined },
  S7: { viewOptions: ({ priority: _, ...options }) => options },
  S8: { options: ({ maxWorkers, ...options }) => ({ ...options, maxWorkers: Number(maxWorkers ?? 1) + 1 }) },
  S13: { viewOptions: ({ signal: _, ...options }) => options },
  S14: { options: ({ maxWorkers: _, ...options }) => options },
  V1: { args: (args) => JSON.parse(JSON.stringify(args)) },
  V2: { error: (error) => (isRefusal(error, 'argument') ? new Error(error.message) : error) },
  V3: {
    error: (error) => (isRefusal(error, 'result') ? new NotCloneableError('', { path: '', side: 'result' }) : error),
  },
  V4: { error: (error) => (error instanceof Error && 'kept' in error ? new Error(error.message) : error) },
  // The worker takes an argument's wrapper for the argument, as one that does not know of move() would.
  V5: { args: (args) => args.map((arg) => (isPlain(arg) || arg === null || typeof arg !== 'object' ? arg : [arg])) },
  V6: { args: (args) => args.map((arg) => (arg instanceof SharedArrayBuffer ? new ArrayBuffer(arg.byteLength) : arg)) },
  V8: { args: (args) => args.map((arg) => (isPlain(arg) ? { ...arg } : arg)) },
  P2: { stream: (items) => ({ next: () => items.next(), [Symbol.asyncIterator]: () => items }) },
  P3: { stream: errorFirst },
  E1: { error: (error) => (error instanceof Error && 'code' in error ? new Error(error.message) : error) },
  E2: { error: (error) => (error instanceof Error ? Object.setPrototypeOf(error, Error.prototype) : error) },
  E3: { options: ({ errors: _, ...options }) => options },
  E4: { error: (error) => (error instanceof Error ? Object.assign(error, { stack: `${error}` }) : error) },
  E5: { error: (error) => (error instanceof Error ? error : new Error(String(error))) },
  E9: { error: (error) => (error instanceof TaskModuleError ? new TaskModuleError('', { module: '' }) : error) },
  E10: {
    error: (error) =>
      error instanceof TaskNotFoundError ? new TaskNotFoundError('', { module: '', exports: [] }) : error,
  },
  O3: { error: (error) => (error instanceof ExecutorError ? Object.assign(error, { code: 'ERR' }) : error) },
};

/** Reads all that comes before the first item is given out, and gives the error first. */
async function* errorFirst(items: TaskStream<unknown>): AsyncGenerator<unknown> {
  const all = [];
  for await (const item of items) all.push(item);
  yield* all;
}

function isRefusal(error: unknown, side: string): error is NotCloneableError {
  return error instanceof NotCloneableError && error.side === side;
}

function isPlain(value: unknown): value is object {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

// A case that fails leaves Futures behind; of those, the executor's own reject in silence, but not what is derived from them (E8).
function quiet<P extends Promise<unknown>>(promise: P): P {
  promise.catch(() => {});
  return promise;
}

function broken<T extends Submitter>(submitter: T, sabotage: Sabotage): T {
  const { args: alterArgs, error: alterError, future: alterFuture, result: alterResult, viewOptions } = sabotage;
  const submit = (task: AnyTask, ...args: unknown[]) => {
    const future: Future<unknown> = submitter.submit(task, ...(alterArgs?.(args) ?? args));
    if (alterFuture !== undefined) return quiet(alterFuture(future));
    if (alterResult === undefined && alterError === undefined) return future;
    const altered = quiet(
      future.then(alterResult, (error: unknown) => {
        throw alterError === undefined ? error : alterError(error);
      }),
    );
    const { id, task: ref } = future;
    Object.defineProperty(altered, 'state', { get: () => future.state });
    return Object.assign(altered, { id, task: ref, cancel: (reason?: unknown) => future.cancel(reason) });
  };
  return new Proxy(submitter, {
    get(target, name) {
      if (name === 'submit') return submit;
      if (name === 'stream' && sabotage.stream !== undefined)
        return (task: never, ...args: never[]) => sabotage.stream?.(target.stream(task, ...args));
      if (name === 'with')
        return (options: object) => broken(target.with(viewOptions?.({ ...options }) ?? options), sabotage);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function targetOf(sabotage: Sabotage): Target {
  const createExecutor = (options: object): Executor =>
    broken(inlineExecutor(sabotage.options?.({ ...options }) ?? options), sabotage);
  const { capabilities } = inlineExecutor();
  return { kind: 'inline', capabilities, module: import.meta.resolve('@anypool/core'), createExecutor };
}

/** The cases of a rule that the target fails. */
async function failures(rule: string, target: Target): Promise<string[]> {
  const failed = [];
  for (const testCase of conformanceCases) {
    const { requires = [], unless = [] } = testCase;
    const isMeant =
      requires.every((name) => target.capabilities[name]) && !unless.some((name) => target.capabilities[name]);
    if (testCase.rule !== rule || !isMeant) continue;
    if (testCase.kinds !== undefined && !testCase.kinds.includes('inline')) continue;
    if ((await runCase(testCase, target, 0.25)).status !== 'passed') failed.push(testCase.id);
  }
  return failed;
}

for (const [rule, sabotage] of Object.entries(sabotages)) {
  test(`an executor that breaks ${rule} fails cases of ${rule}, and one that is only wrapped does not`, async () => {
    assert.deepEqual(await failures(rule, targetOf({})), []);
    assert.notDeepEqual(await failures(rule, targetOf(sabotage)), []);
  });
}
