import type { Executor, ExecutorOptions } from '@anypool/core';
import type { BareWay, Kind, OpenRaw, Pool, Way } from '../pool.js';

/** One of those that are measured. */
export interface Contender {
  /** Such as `tinypool:thread/raw`. */
  readonly id: string;
  /** Such as `tinypool:thread`. */
  readonly backend: string;
  readonly kind: Kind;
  readonly way: Way;
  /** More tasks at once than this are not for it: they would take minutes. */
  readonly atMost: number;
  /** The package that a program imports for it; undefined if it is part of Node. */
  readonly module: string | undefined;
  /** Whether only its start is measured: in all else it is what another contender is. */
  readonly startOnly: boolean;
  open(workers: number): Promise<Pool>;
}

/** An adapter, and the library that it wraps, if there is one. */
interface Adapter {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly module: string;
  // A method, not a property: an adapter that has threads only takes narrower options than these.
  load(): Promise<{ createExecutor(options?: ExecutorOptions): Executor }>;
  readonly raw?: {
    readonly module: string;
    readonly atMost?: number;
    load(): Promise<{ readonly open: OpenRaw }>;
  };
}

/** Every adapter there is. A new one is one more entry. */
const adapters: readonly Adapter[] = [
  {
    name: 'tinypool',
    kinds: ['thread', 'process'],
    module: '@anypool/tinypool',
    load: () => import('@anypool/tinypool'),
    raw: { module: 'tinypool', load: () => import('../raw/tinypool.js') },
  },
  {
    name: 'workerpool',
    kinds: ['thread', 'process'],
    module: '@anypool/workerpool',
    load: () => import('@anypool/workerpool'),
    raw: { module: 'workerpool', load: () => import('../raw/workerpool.js') },
  },
  {
    name: 'threads',
    kinds: ['thread'],
    module: '@anypool/threads',
    load: () => import('@anypool/threads'),
    // It looks through all tasks for each: 100,000 at once would take it the better part of an hour.
    raw: { module: 'threads', atMost: 10_000, load: () => import('../raw/threads.js') },
  },
  {
    name: 'piscina',
    kinds: ['thread'],
    module: '@anypool/piscina',
    load: () => import('@anypool/piscina'),
    raw: { module: 'piscina', load: () => import('../raw/piscina.js') },
  },
  {
    name: 'native',
    kinds: ['thread', 'process'],
    module: '@anypool/native',
    load: () => import('@anypool/native'),
  },
];

const bareWays: readonly BareWay[] = ['one-at-a-time', 'pipelined', 'coalesced'];
const kinds: readonly Kind[] = ['thread', 'process'];

/** The executor of a program that says nothing about its pool. */
const byDefault: Contender = {
  ...contender('default', 'thread', 'anypool', { module: 'anypool', startOnly: true }),
  async open() {
    const { getDefaultExecutor } = await import('anypool');
    return (await import('./executor-pool.js')).executorPool(getDefaultExecutor());
  },
};

/** All that can be measured, in the order of the tables. */
export const contenders: readonly Contender[] = [
  ...adapters.flatMap((adapter) => adapter.kinds.flatMap((kind) => ofAdapter(adapter, kind))),
  byDefault,
  ...kinds.flatMap((kind) => bareWays.map((way) => bare(kind, way))),
];

function ofAdapter({ name, module, load, raw }: Adapter, kind: Kind): readonly Contender[] {
  const ours: Contender = {
    ...contender(name, kind, 'anypool', { module }),
    async open(workers) {
      const { createExecutor } = await load();
      // Many tasks at once are meant to wait.
      const starvationThreshold = Number.POSITIVE_INFINITY;
      const { executorPool } = await import('./executor-pool.js');
      return executorPool(createExecutor({ kind, minWorkers: workers, maxWorkers: workers, starvationThreshold }));
    },
  };
  if (raw === undefined) return [ours];
  const itself = (['raw', 'defaults'] as const).map((way) => ({
    ...contender(name, kind, way, raw),
    open: async (workers: number) => (await raw.load()).open(way, kind, workers),
  }));
  return [ours, ...itself];
}

function bare(kind: Kind, way: BareWay): Contender {
  return {
    ...contender('bare', kind, way, {}),
    open: async (workers) => (await import('../bare/open-bare.js')).openBare(kind, way, workers),
  };
}

function contender(
  name: string,
  kind: Kind,
  way: Way,
  { module, atMost = Number.POSITIVE_INFINITY, startOnly = false }: Partial<Contender>,
): Omit<Contender, 'open'> {
  const backend = `${name}:${kind}`;
  return { id: `${backend}/${way}`, backend, kind, way, atMost, module, startOnly };
}
