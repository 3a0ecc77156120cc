import type { AnyTask, Executor, ExecutorOptions, Future, SubmitOptions, Submitter, TaskStream } from '@anypool/core';

/** What is broken about an executor. What is not given is as it should be. */
export interface ExecutorDamage {
  readonly options?: (options: Omit<ExecutorOptions, 'kind'>) => Omit<ExecutorOptions, 'kind'>;
  readonly viewOptions?: (options: SubmitOptions) => SubmitOptions;
  readonly task?: (task: AnyTask) => AnyTask;
  readonly args?: (args: unknown[]) => unknown[];
  readonly future?: (future: Future<unknown>) => Promise<unknown>;
  readonly result?: (value: unknown) => unknown;
  readonly error?: (error: unknown, task: AnyTask) => unknown;
  readonly stream?: (items: TaskStream<unknown>) => AsyncIterableIterator<unknown>;
  readonly map?: (map: Map, ...args: Parameters<Map>) => ReturnType<Map>;
  /** Methods of the executor itself, in place of those of its own. */
  readonly methods?: (executor: Executor) => Partial<Executor>;
  /** What is done to the process while the case runs; called at its end. */
  readonly around?: () => () => void;
}

type Map = Submitter['map'];

/** The executor or view, with the damage done to it and to the views that it gives. */
export function damaged<T extends Submitter>(submitter: T, damage: ExecutorDamage): T {
  const methods: object = 'shutdown' in submitter ? (damage.methods?.(submitter as T & Executor) ?? {}) : {};
  return new Proxy(submitter, {
    get(target, name) {
      if (name in methods) return Reflect.get(methods, name);
      if (name === 'submit') return (task: AnyTask, ...args: unknown[]) => submitDamaged(target, damage, task, args);
      if (name === 'with')
        return (options: SubmitOptions) =>
          damaged(target.with(damage.viewOptions?.({ ...options }) ?? options), damage);
      if (name === 'limit' && 'limit' in target)
        return (...args: Parameters<Executor['limit']>) => damaged((target as T & Executor).limit(...args), damage);
      if (name === 'stream' && damage.stream !== undefined)
        return (task: never, ...args: never[]) => damage.stream?.(target.stream(task, ...args));
      if (name === 'map' && damage.map !== undefined) return damage.map.bind(undefined, target.map.bind(target));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function submitDamaged(submitter: Submitter, damage: ExecutorDamage, task: AnyTask, args: unknown[]): Promise<unknown> {
  const { error: alterError, future: alterFuture, result: alterResult } = damage;
  const future: Future<unknown> = submitter.submit(damage.task?.(task) ?? task, ...(damage.args?.(args) ?? args));
  if (alterFuture !== undefined) return quiet(alterFuture(future));
  if (alterResult === undefined && alterError === undefined) return future;
  return posingAs(
    future,
    future.then(alterResult, (error: unknown) => {
      throw alterError === undefined ? error : alterError(error, task);
    }),
  );
}

/** Gives a promise all else that a Future has. */
export function posingAs(future: Future<unknown>, promise: Promise<unknown>): Promise<unknown> {
  Object.defineProperty(promise, 'state', { get: () => future.state });
  return Object.assign(quiet(promise), {
    id: future.id,
    task: future.task,
    cancel: (reason?: unknown) => future.cancel(reason),
    onProgress(listener: (value: unknown) => void) {
      future.onProgress(listener);
      return promise;
    },
  });
}

// A case that fails leaves Futures behind; of those, the executor's own reject in silence, but not what is derived from them (E8).
function quiet<P extends Promise<unknown>>(promise: P): P {
  promise.catch(() => {});
  return promise;
}
