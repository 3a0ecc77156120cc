import { type Executor, type ExecutorOptions, tasksFrom } from '@anypool/core';
import type { Kind, OpenRaw, Pool, Way } from './pool.js';

/** An adapter, and the library that it wraps. */
interface Entry {
  readonly name: string;
  readonly library: string;
  readonly kinds: readonly Kind[];
  // A method, not a property: an adapter that has threads only takes narrower options than these.
  adapter(): Promise<{ createExecutor(options?: ExecutorOptions): Executor }>;
  raw(): Promise<{ readonly open: OpenRaw }>;
}

/** Every adapter there is. A new one is one more entry. */
const entries: readonly Entry[] = [
  {
    name: 'tinypool',
    library: 'tinypool',
    kinds: ['thread', 'process'],
    adapter: () => import('@anypool/tinypool'),
    raw: () => import('./raw/tinypool.js'),
  },
  {
    name: 'workerpool',
    library: 'workerpool',
    kinds: ['thread', 'process'],
    adapter: () => import('@anypool/workerpool'),
    raw: () => import('./raw/workerpool.js'),
  },
  {
    name: 'threads',
    library: 'threads.js',
    kinds: ['thread'],
    adapter: () => import('@anypool/threads'),
    raw: () => import('./raw/threads.js'),
  },
  {
    name: 'piscina',
    library: 'piscina',
    kinds: ['thread'],
    adapter: () => import('@anypool/piscina'),
    raw: () => import('./raw/piscina.js'),
  },
];

/** An adapter with one kind of worker, against its library. */
export interface Match {
  /** Such as `tinypool:thread`. */
  readonly name: string;
  readonly library: string;
  open(way: Way, workers: number): Promise<Pool>;
}

/** Every adapter with every kind of worker that it has. */
export const matches: readonly Match[] = entries.flatMap(({ name, library, kinds, adapter, raw }) =>
  kinds.map((kind) => ({
    name: `${name}:${kind}`,
    library,
    async open(way, workers) {
      if (way !== 'anypool') return (await raw()).open(way, kind, workers);
      const { createExecutor } = await adapter();
      // 10,000 tasks at once are meant to wait.
      const starvationThreshold = Number.POSITIVE_INFINITY;
      return poolOf(createExecutor({ kind, minWorkers: workers, maxWorkers: workers, starvationThreshold }));
    },
  })),
);

const { noop, spin } = tasksFrom<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url));

function poolOf(executor: Executor): Pool {
  return {
    noop: () => executor.submit(noop),
    spin: (ms) => executor.submit(spin, ms),
    close: () => executor.shutdown(),
  };
}
