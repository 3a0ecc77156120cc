import type { ExecutorOptions } from '@anypool/core';
import type { Backend, BackendWorker, WorkerEvents, WorkerInit } from '@anypool/core/backend';

/** What is broken about the workers of a backend. What is not given is as it should be. */
export interface BackendDamage {
  /** The options of the executor. */
  readonly options?: (options: Omit<ExecutorOptions, 'kind'>) => Omit<ExecutorOptions, 'kind'>;
  /** What workers are started with. */
  readonly init?: (init: WorkerInit) => WorkerInit;
  /** What is heard of a worker. */
  readonly events?: (events: WorkerEvents) => WorkerEvents;
  /** A worker: what is given takes the place of the member of that name. */
  readonly worker?: (worker: BackendWorker) => Partial<BackendWorker>;
  /** Starts workers in place of the backend. */
  readonly startWorker?: Backend['startWorker'];
}

/** The backend, with the damage done to each of its workers. */
export function damagedBackend(
  backend: Backend,
  { events, init, startWorker = backend.startWorker, worker }: BackendDamage,
): Backend {
  return {
    ...backend,
    startWorker(soundInit, soundEvents) {
      const started = startWorker(init?.(soundInit) ?? soundInit, events?.(soundEvents) ?? soundEvents);
      return { ...started, ...worker?.(started) };
    },
  };
}
