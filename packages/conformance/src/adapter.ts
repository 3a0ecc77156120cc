import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { type Capabilities, type Executor, type ExecutorOptions, inlineExecutor } from '@anypool/core';
import { AdapterError, inOneLine, isOf } from './bad-input.js';
import type { CaseContext } from './case.js';
import type { Target } from './context.js';

/** A kind of worker that an adapter offers, and what its executors can do: plain data. */
export interface OfferedKind {
  readonly kind: CaseContext['kind'];
  readonly capabilities: Capabilities;
}

/** Where executors come from. */
export interface AdapterSource {
  /** The adapter's module URL. */
  readonly module: string;
  readonly createExecutor?: ((options: ExecutorOptions) => Executor) | undefined;
}

/** An adapter whose module has been imported. */
export interface Adapter {
  /** The kinds out of `kinds` that it offers, or rejects over one that it does not; without `kinds`, those of thread and process that it does. */
  offered(kinds?: readonly CaseContext['kind'][]): Promise<readonly OfferedKind[]>;
  target(offered: OfferedKind): Target;
}

/** ms, before scaling, for the import of a module, and again for an executor to be made and shut down. */
export const adapterCap = 10_000;

/** The module as a URL, whether it was given as one or as an absolute path. */
export function moduleUrl(module: string): string {
  if (typeof module === 'string') {
    if (isAbsolute(module)) return pathToFileURL(module).href;
    if (module.startsWith('file:') ? isLocalFile(module) : URL.canParse(module)) return module;
  }
  throw new AdapterError(`${module} is no module URL, as import.meta.resolve() gives, and no absolute path.`);
}

// One with a host, for instance, has no path.
function isLocalFile(url: string): boolean {
  try {
    fileURLToPath(url);
    return true;
  } catch {
    return false;
  }
}

/** What a module is called in messages. */
export function shownModule(module: string): string {
  return module.startsWith('file:') ? fileURLToPath(module) : module;
}

/** Imports an adapter. `onStep` is told what comes next, for those who watch from outside whether it hangs. */
export async function loadAdapter(
  { createExecutor: given, module }: AdapterSource,
  timeScale: number,
  onStep: (step: string) => void = () => {},
): Promise<Adapter> {
  const name = shownModule(module);
  const cap = adapterCap * timeScale;
  if (module.startsWith('file:') && !existsSync(new URL(module))) throw new AdapterError(`There is no file ${name}.`);
  onStep('it was imported');
  const exported = given ?? (await within(cap, `${name} hangs when it is imported`, () => importFactory(module)));

  function factory(kind: CaseContext['kind']): Target['createExecutor'] {
    // Core's own has no adapter; but whoever gives executors gives these, too.
    if (kind === 'inline') return given ?? ((options) => inlineExecutor(options));
    if (exported === undefined) throw new AdapterError(`${name} does not export a function createExecutor.`);
    // The only kind that such an adapter has, which need not be named.
    if (kind === 'remote') return (options) => exported(options);
    return (options) => exported({ kind, ...options });
  }

  /** What an executor of this kind can do, or why there is none. */
  async function probe(kind: CaseContext['kind']): Promise<OfferedKind | string> {
    const createExecutor = factory(kind);
    onStep(`it made an executor of kind '${kind}'`);
    let made: Executor;
    try {
      made = executorIn(createExecutor({}), `${name}: createExecutor({ kind: '${kind}' })`);
    } catch (error) {
      if (isOf(error, AdapterError)) throw error;
      if (isRefusal(error)) return `${name} offers no executors of kind '${kind}': ${error.message}`;
      throw new AdapterError(`${name} throws when it makes an executor of kind '${kind}': ${inOneLine(error)}`, {
        cause: error,
      });
    }
    const { capabilities, kind: real } = made;
    await within(cap, `${name}: an executor of kind '${kind}' hangs when it is shut down`, () => made.shutdown());
    return real === kind
      ? { kind, capabilities }
      : `Asked for kind '${kind}', ${name} made an executor of kind '${real}'.`;
  }

  return {
    async offered(kinds) {
      const answers: (OfferedKind | string)[] = [];
      for (const kind of kinds ?? (['thread', 'process'] as const)) answers.push(await probe(kind));
      const refusals = answers.filter((answer) => typeof answer === 'string');
      const found = answers.filter((answer) => typeof answer !== 'string');
      const [refusal] = refusals;
      if (refusal !== undefined && (kinds !== undefined || found.length === 0)) throw new AdapterError(refusal);
      return found;
    },
    target: ({ kind, capabilities }) => ({ kind, capabilities, module, createExecutor: factory(kind) }),
  };
}

type Factory = NonNullable<AdapterSource['createExecutor']>;

async function importFactory(module: string): Promise<Factory | undefined> {
  let adapter: object;
  try {
    adapter = await import(module);
  } catch (error) {
    throw new AdapterError(`${shownModule(module)} cannot be imported: ${inOneLine(error)}`, { cause: error });
  }
  return 'createExecutor' in adapter && isFactory(adapter.createExecutor) ? adapter.createExecutor : undefined;
}

// What it really takes and gives is what the cases find out.
function isFactory(value: unknown): value is Factory {
  return typeof value === 'function';
}

function isRefusal(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_UNSUPPORTED_OPTION';
  } catch {
    return false;
  }
}

function executorIn(value: unknown, origin: string): Executor {
  if (isExecutor(value)) return value;
  throw new AdapterError(`${origin} gave no executor, but ${shown(value)}.`);
}

function isExecutor(value: unknown): value is Executor {
  if (typeof value !== 'object' || value === null) return false;
  const { capabilities, kind, shutdown } = value as Partial<Record<keyof Executor, unknown>>;
  return (
    typeof kind === 'string' &&
    typeof capabilities === 'object' &&
    capabilities !== null &&
    typeof shutdown === 'function'
  );
}

function shown(value: unknown): string {
  try {
    return (
      inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80 }).split('\n', 1)[0] ?? ''
    );
  } catch {
    return 'something that cannot be looked at';
  }
}

async function within<T>(cap: number, complaint: string, body: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AdapterError(`${complaint} (no end after ${cap} ms).`)), cap);
  });
  try {
    return await Promise.race([body(), hang]);
  } catch (error) {
    if (isOf(error, AdapterError)) throw error;
    throw new AdapterError(`${complaint.replace(/ hangs /, ' fails ')}: ${inOneLine(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
