import { readFileSync } from 'node:fs';
import type { WorkerKind } from '@anypool/core';

/** What the suite is run on: a bare library, or an adapter over one. */
export interface Target {
  /** Such as `raw/tinypool:thread` or `anypool/tinypool:thread`. */
  readonly name: string;
  readonly isRaw: boolean;
  readonly library: { readonly name: string; readonly version: string };
  readonly kind: Extract<WorkerKind, 'thread' | 'process'>;
  /** The URL of the module that exports `createExecutor`. */
  readonly module: string;
}

interface Entry {
  readonly library: string;
  readonly kinds: readonly Target['kind'][];
  /** The adapter's package. A new adapter is a line here. */
  readonly adapter?: string;
}

const entries: readonly Entry[] = [
  { library: 'threads', kinds: ['thread'], adapter: '@anypool/threads' },
  { library: 'workerpool', kinds: ['thread', 'process'], adapter: '@anypool/workerpool' },
  { library: 'tinypool', kinds: ['thread', 'process'], adapter: '@anypool/tinypool' },
  { library: 'piscina', kinds: ['thread'], adapter: '@anypool/piscina' },
  { library: 'poolifier', kinds: ['thread', 'process'] },
];

// The versions of libraries are exact there.
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** Every target, an adapter after the library that it is over. */
export const targets: readonly Target[] = entries.flatMap(({ library: name, kinds, adapter }) =>
  kinds.flatMap((kind) => {
    const library = { name, version: dependencies[name] ?? '' };
    const module = new URL(`../libraries/${name}.js`, import.meta.url).href;
    const raw = { name: `raw/${name}:${kind}`, isRaw: true, library, kind, module };
    if (adapter === undefined) return [raw];
    const over = { name: `anypool/${name}:${kind}`, isRaw: false, library, kind, module: import.meta.resolve(adapter) };
    return [raw, over];
  }),
);
