import { type Executor, type ExecutorOptions, inlineExecutor } from '@anypool/core';
import type { CaseContext, ConformanceCase } from './case.js';
import { conformanceCases } from './cases/index.js';
import type { Target } from './context.js';
import { type CaseResult, runCase } from './run-case.js';

/** What to test. */
export interface ConformanceOptions {
  /** The adapter's module URL, as from `import.meta.resolve('@anypool/tinypool')`. It exports `createExecutor`. */
  readonly module: string;
  /** The kinds of worker that it offers. For `'inline'`, which is no adapter's, the executors are core's own. */
  readonly kinds: readonly CaseContext['kind'][];
  /** Makes the executors under test, in place of the module's `createExecutor`. Scripts use the module's in any case. */
  readonly createExecutor?: ((options: ExecutorOptions) => Executor) | undefined;
  /** Cases that are known to fail, by id, and why. They run, and it is one of them that passes which is then a failure. */
  readonly knownGaps?: Readonly<Record<string, string>> | undefined;
}

/** A case for one kind of worker. */
export interface SuiteCase {
  readonly case: ConformanceCase;
  readonly kind: CaseContext['kind'];
  /** Why the case does not apply, where a capability decides that; it is to be shown, not dropped. */
  readonly skip: string | undefined;
  /** Why the case is known to fail: see {@link ConformanceOptions.knownGaps}. */
  readonly gap: string | undefined;
  /** Runs it, whatever `skip` says. Never rejects. */
  run(): Promise<CaseResult>;
}

/**
 * The cases that apply to the kinds of an adapter, each ready to run, for a test runner to list.
 *
 * What an executor can do is read from one that is made here. Rejects if the module cannot be imported or makes no executor.
 */
export async function createConformanceSuite(options: ConformanceOptions): Promise<SuiteCase[]> {
  const suite: SuiteCase[] = [];
  const gaps = new Map(Object.entries(options.knownGaps ?? {}));
  for (const id of gaps.keys())
    if (!conformanceCases.some((testCase) => testCase.id === id))
      throw new RangeError(`knownGaps: there is no case ${id}.`);
  for (const kind of options.kinds) {
    const target = await targetFor(kind, options);
    for (const testCase of conformanceCases) {
      if (testCase.kinds !== undefined && !testCase.kinds.includes(kind)) continue;
      suite.push({
        case: testCase,
        kind,
        skip: whyNot(testCase, target.capabilities),
        gap: gaps.get(testCase.id),
        run: () => runCase(testCase, target),
      });
    }
  }
  return suite;
}

async function targetFor(kind: CaseContext['kind'], options: ConformanceOptions): Promise<Target> {
  const createExecutor = await factoryFor(kind, options);
  const probe = createExecutor({});
  const { capabilities } = probe;
  await probe.shutdown();
  if (probe.kind !== kind)
    throw new Error(`Asked for kind '${kind}', ${options.module} made an executor of kind '${probe.kind}'.`);
  return { kind, capabilities, module: options.module, createExecutor };
}

async function factoryFor(kind: CaseContext['kind'], options: ConformanceOptions): Promise<Target['createExecutor']> {
  if (kind === 'inline') return (executorOptions) => inlineExecutor(executorOptions);
  const createExecutor = options.createExecutor ?? (await exportedFactory(options.module));
  return (executorOptions) => createExecutor({ kind, ...executorOptions });
}

async function exportedFactory(module: string): Promise<(options: ExecutorOptions) => Executor> {
  const adapter: { createExecutor?: (options: ExecutorOptions) => Executor } = await import(module);
  if (typeof adapter.createExecutor !== 'function') throw new TypeError(`${module} does not export createExecutor.`);
  return adapter.createExecutor;
}

function whyNot(
  { requires = [], unless = [] }: ConformanceCase,
  capabilities: Executor['capabilities'],
): string | undefined {
  const missing = requires.filter((name) => !capabilities[name]);
  if (missing.length > 0) return `needs the capability ${missing.join(', ')}`;
  const present = unless.filter((name) => capabilities[name]);
  if (present.length > 0) return `only without the capability ${present.join(', ')}`;
  return undefined;
}
