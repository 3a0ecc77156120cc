import type { Executor, ExecutorOptions } from '@anypool/core';
import { startRemote } from './remote/start-remote.js';

/** Where a backend's workers are. */
export type Kind = 'thread' | 'process' | 'remote';

interface Adapter {
  // A method, not a property: an adapter that has threads only takes narrower options than these.
  createExecutor(options?: ExecutorOptions): Executor;
  /** Ends what the target runs on. */
  end?(): Promise<void>;
}

interface Backend {
  /** The adapter's name on the command line. */
  readonly name: string;
  /** The package that the adapter wraps, if it does; its version goes into the report. */
  readonly library?: string;
  readonly kinds: readonly Kind[];
  /** Runs only where it is named: it needs a service. */
  readonly named?: true;
  load(): Promise<Adapter>;
}

/** Every adapter there is. A new one is one more line. */
export const backends: readonly Backend[] = [
  { name: 'native', kinds: ['thread', 'process'], load: () => import('@anypool/native') },
  { name: 'tinypool', library: 'tinypool', kinds: ['thread', 'process'], load: () => import('@anypool/tinypool') },
  {
    name: 'workerpool',
    library: 'workerpool',
    kinds: ['thread', 'process'],
    load: () => import('@anypool/workerpool'),
  },
  { name: 'threads', library: 'threads', kinds: ['thread'], load: () => import('@anypool/threads') },
  { name: 'piscina', library: 'piscina', kinds: ['thread'], load: () => import('@anypool/piscina') },
  { name: 'bullmq', library: 'bullmq', kinds: ['remote'], named: true, load: startRemote },
];

/** One adapter with one kind of worker: a column of the tables. */
export interface Target {
  /** Such as `tinypool:thread`. */
  readonly name: string;
  readonly kind: Kind;
  createExecutor(options?: Omit<ExecutorOptions, 'kind'>): Executor;
  /** To be called when nothing runs on it any more. */
  end(): Promise<void>;
}

/** The names of all targets, in the order of the table. */
export function targetNames(): readonly string[] {
  return backends.flatMap((backend) => backend.kinds.map((kind) => `${backend.name}:${kind}`));
}

/**
 * The targets that specifications such as `tinypool:thread` or `tinypool` mean, each once; without specifications, all.
 *
 * Throws a RangeError that lists what there is for one that means none.
 */
export function selectTargets(specifications: readonly string[]): readonly string[] {
  const all = targetNames();
  const chosen = specifications.flatMap((specification) => {
    const meant = all.filter((name) => name === specification || name.startsWith(`${specification}:`));
    if (meant.length === 0) throw new RangeError(`there is no backend '${specification}'; there are ${all.join(', ')}`);
    return meant;
  });
  const unnamed = backends.flatMap(({ name, named, kinds }) => (named ? [] : kinds.map((kind) => `${name}:${kind}`)));
  return specifications.length === 0 ? unnamed : [...new Set(chosen)];
}

/** Imports the adapter of a target that {@link selectTargets} gave. */
export async function loadTarget(name: string): Promise<Target> {
  for (const backend of backends) {
    const kind = backend.kinds.find((candidate) => `${backend.name}:${candidate}` === name);
    if (kind === undefined) continue;
    const adapter = await backend.load();
    return {
      name,
      kind,
      createExecutor: (options) => adapter.createExecutor(kind === 'remote' ? options : { ...options, kind }),
      end: async () => adapter.end?.(),
    };
  }
  throw new RangeError(`there is no backend '${name}'`);
}
