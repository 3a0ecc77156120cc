import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { summary } from '../engine/validate.js';
import { TaskModuleError, TaskNotFoundError } from '../errors.js';
import { shownModule } from '../tasks.js';
import { beginImport, endImport } from './worker-state.js';

type Exports = Readonly<Record<string, unknown>>;
export type TaskFunction = (...args: readonly unknown[]) => unknown;

/** A task as a worker knows it. */
export interface TaskTarget {
  readonly module: string;
  readonly name: string;
  /** What has the function, once that was found: the next call need not look again, and still sees a binding that has changed. */
  holder?: Exports;
}

/** A module of this worker: still being imported, there, or failed for good. */
type Entry = { readonly exports: Exports } | { readonly error: TaskModuleError } | { readonly loading: Promise<void> };

const modules = new Map<string, Entry>();

/** Whether the import of a task's module is over, however it went. */
export function isImported({ holder, module }: TaskTarget): boolean {
  if (holder !== undefined) return true;
  const entry = modules.get(module);
  return entry !== undefined && !('loading' in entry);
}

/** The function that a task names, once its module is imported. Throws `TaskModuleError` or `TaskNotFoundError`. */
export function findFunction(target: TaskTarget): TaskFunction {
  const known = target.holder?.[target.name];
  if (isFunction(known)) return known;
  const { module, name } = target;
  const entry = modules.get(module);
  if (entry === undefined || 'loading' in entry) throw new Error(`${module} is still being imported.`);
  if ('error' in entry) throw entry.error;
  const holder = holderOf(entry.exports, name);
  if (holder !== undefined) {
    target.holder = holder;
    return holder[name] as TaskFunction;
  }
  const exports = functionNames(entry.exports);
  throw new TaskNotFoundError(
    `Task '${name}' was not found: ${shownModule(module)} exports no function of that name. It exports ${exports.join(', ') || 'no functions'}.`,
    { module, exports },
  );
}

/** Imports a module once in this worker, whether that works or not. Never rejects; {@link findFunction} tells how it went. */
export async function importModule(module: string): Promise<void> {
  const entry = modules.get(module);
  if (entry !== undefined && !('loading' in entry)) return;
  if (entry !== undefined) return entry.loading;
  const loading = load(module).then(
    (exports) => void modules.set(module, { exports }),
    (cause: unknown) => void modules.set(module, { error: moduleError(module, cause) }),
  );
  modules.set(module, { loading });
  beginImport(module);
  await loading;
  endImport(module);
}

async function load(module: string): Promise<Exports> {
  const source = sourceBeside(module);
  if (source === undefined) return imported(module);
  if (process.features.typescript) return imported(source);
  try {
    // Node does not strip types, but a loader of the user's own may find the source, and compile it.
    return await imported(module);
  } catch (error) {
    if (!isMissing(error, module)) throw error;
    throw new Error(
      `${fileURLToPath(module)} does not exist. ${fileURLToPath(source)} does, but this Node (${process.version}) does not strip types: build it first.`,
    );
  }
}

function imported(module: string): Promise<Exports> {
  // A bundler that took anypool in has to leave this one alone: which modules there are is only known when tasks come.
  return import(/* webpackIgnore: true */ /* @vite-ignore */ module);
}

function isMissing(error: unknown, module: string): boolean {
  if (!isRecord(error)) return false;
  return error['code'] === 'ERR_MODULE_NOT_FOUND' && String(error['message']).includes(fileURLToPath(module));
}

const sourceExtensions: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

/** The TypeScript source that stands where the named JavaScript file would be, if only that exists. */
function sourceBeside(module: string): string | undefined {
  const match = /^(file:[^?#]*)(\.[mc]?js)([?#].*)?$/.exec(module);
  if (match === null) return undefined;
  const [, base = '', extension = '', rest = ''] = match;
  const source = `${base}${sourceExtensions[extension] ?? ''}`;
  return !existsSync(fileURLToPath(`${base}${extension}`)) && existsSync(fileURLToPath(source))
    ? source + rest
    : undefined;
}

function moduleError(module: string, cause: unknown): TaskModuleError {
  return new TaskModuleError(`The task module ${shownModule(module)} could not be imported: ${summary(cause)}`, {
    module,
    cause,
  });
}

// A CommonJS module's exports are not always found by name from outside; they are all on its default export.
function holderOf(exports: Exports, name: string): Exports | undefined {
  if (hasFunction(exports, name)) return exports;
  const all = exports['default'];
  return isRecord(all) && hasFunction(all, name) ? all : undefined;
}

function hasFunction(holder: Exports, name: string): boolean {
  if (!Object.hasOwn(holder, name)) return false;
  try {
    return isFunction(holder[name]);
  } catch {
    // An export that is made when it is first read, and cannot be.
    return false;
  }
}

function isRecord(value: unknown): value is Exports {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function functionNames(exports: Exports): string[] {
  const all = exports['default'];
  const names = new Set(Object.keys(exports));
  if (isRecord(all)) for (const name of Object.keys(all)) names.add(name);
  return [...names].filter((name) => holderOf(exports, name) !== undefined).sort();
}

function isFunction(value: unknown): value is TaskFunction {
  return typeof value === 'function';
}
