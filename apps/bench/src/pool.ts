/** Where workers are. */
export type Kind = 'thread' | 'process';

/** How a task gets to a worker: through anypool, by the library itself with the same settings, or by the library with its own. */
export type Way = 'anypool' | 'raw' | 'defaults';

/** A pool that is open, and how the two tasks are called on it. */
export interface Pool {
  noop(): PromiseLike<unknown>;
  spin(ms: number): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
}

/** Opens a library's pool: `raw` with so many workers and the settings that the adapter gives it, `defaults` with its own. */
export type OpenRaw = (way: 'raw' | 'defaults', kind: Kind, workers: number) => Pool;
