import { isBuiltin } from 'node:module';
import { basename, extname, isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TaskModuleError } from '@anypool/core';

/** A module's URL; throws a TypeError, after `where`, for what no host could have. */
export function moduleUrl(where: string, module: URL | string): string {
  if (typeof module === 'string') {
    if (/^(?:file|node):/.test(module)) return module;
    if (isBuiltin(module)) return `node:${module}`;
    if (isAbsolute(module)) return pathToFileURL(module).href;
    // Not by its class: where tests have a DOM, that is another one than Node's.
  } else if (typeof module?.href === 'string') return module.href;
  throw new TypeError(`${where}: a task module must be a file URL, an absolute path or a built-in, got '${module}'.`);
}

/** The name of a module that nobody has named: the file's, without its extension. */
export function nameOf(url: string): string {
  if (!url.startsWith('file:')) return url;
  const file = basename(fileURLToPath(url));
  return file.slice(0, file.length - extname(file).length);
}

/** The names of task modules, both ways. */
export class ModuleNames {
  readonly #names = new Map<string, string>();

  constructor(modules: Readonly<Record<string, URL | string>> = {}) {
    for (const [name, module] of Object.entries(modules))
      this.#names.set(moduleUrl('bullmq: createExecutor: modules', module), name);
  }

  /** What hosts call the module. Throws a `TaskModuleError` for one that no host can have. */
  of(url: string): string {
    const name = this.#names.get(url);
    if (name !== undefined) return name;
    if (url.startsWith('file:') || url.startsWith('node:')) return nameOf(url);
    const message =
      'A worker host runs the task modules that it was started with, and no code that comes by the queue (R2): put the task into a module of the host.';
    throw new TaskModuleError(message, { module: url });
  }
}

/** A host's modules: where each one is, by its name. */
export function modulesOf(
  tasks: Readonly<Record<string, URL | string>> | readonly (URL | string)[],
): Map<string, string> {
  const where = 'bullmq: createWorkerHost: tasks';
  const named: (readonly [string, string])[] = isList(tasks)
    ? tasks.map((module) => moduleUrl(where, module)).map((url) => [nameOf(url), url])
    : Object.entries(tasks).map(([name, module]) => [name, moduleUrl(where, module)]);
  const modules = new Map<string, string>();
  for (const [name, url] of named) {
    if (modules.has(name)) throw new RangeError(`${where}: two modules are called '${name}'; give them names.`);
    modules.set(name, url);
  }
  if (modules.size === 0) throw new RangeError(`${where}: there must be a task module at least.`);
  return modules;
}

function isList(tasks: object): tasks is readonly (URL | string)[] {
  return Array.isArray(tasks);
}
