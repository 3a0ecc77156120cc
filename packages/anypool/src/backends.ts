import type { Executor, ExecutorOptions, WorkerKind } from '@anypool/core';
import * as native from '@anypool/native';

/** Of workers that an adapter can have. */
export type Kind = Exclude<WorkerKind, 'inline'>;

/** What every adapter exports. */
export interface Adapter {
  // A method, not a property: an adapter that has threads only takes narrower options than these.
  createExecutor(options?: ExecutorOptions<Kind>): Executor;
}

/** An adapter that can be named in a specification such as `workerpool:process`. */
export interface KnownBackend {
  readonly name: string;
  readonly package: string;
  /** The package that it wraps, which users install beside it; absent where there is none. */
  readonly library?: string;
  readonly kinds: readonly [Kind, ...Kind[]];
  load(): Promise<Adapter>;
  loadSync(): Adapter;
}

/** Every adapter there is, in the order of the documents; all but the first are for users to install. */
export const backends: readonly KnownBackend[] = [
  {
    name: 'native',
    package: '@anypool/native',
    kinds: ['thread', 'process'],
    load: async () => native,
    loadSync: () => native,
  },
  {
    name: 'tinypool',
    package: '@anypool/tinypool',
    library: 'tinypool',
    kinds: ['thread', 'process'],
    load: () => import('@anypool/tinypool').catch(rethrow),
    loadSync: () => required('@anypool/tinypool'),
  },
  {
    name: 'workerpool',
    package: '@anypool/workerpool',
    library: 'workerpool',
    kinds: ['thread', 'process'],
    load: () => import('@anypool/workerpool').catch(rethrow),
    loadSync: () => required('@anypool/workerpool'),
  },
  {
    name: 'threads',
    package: '@anypool/threads',
    library: 'threads',
    kinds: ['thread'],
    load: () => import('@anypool/threads').catch(rethrow),
    loadSync: () => required('@anypool/threads'),
  },
  {
    name: 'piscina',
    package: '@anypool/piscina',
    library: 'piscina',
    kinds: ['thread'],
    load: () => import('@anypool/piscina').catch(rethrow),
    loadSync: () => required('@anypool/piscina'),
  },
  {
    name: 'bullmq',
    package: '@anypool/bullmq',
    kinds: ['remote'],
    load: () => import('@anypool/bullmq').catch(rethrow),
    loadSync: () => required('@anypool/bullmq'),
  },
];

// Bundlers see the packages that import() names. For one that is not installed, esbuild ends the build unless the failure is caught on
// the spot; what it means is said where all failures are, see loading-failure.ts.
function rethrow(error: unknown): never {
  throw error;
}

// The default executor is there at once, and so has its adapter to be. Node requires ES modules since 20.19, without a warning. Not made
// at the top: bundled as CommonJS, there is no import.meta.url.
function required(name: string): Adapter {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(import.meta.url)(name);
}
