import { statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { parse, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError, inOneLine } from './command-error.js';

/** Task modules by their names, of arguments such as `./work.js` and `images=./img.js`. */
export function taskModules(given: readonly string[], folder: string): Readonly<Record<string, string>> {
  const modules = new Map<string, string>();
  for (const text of given) {
    const [name, module] = named(text, folder);
    if (name === '') throw new CommandError(2, `--tasks: '${text}' has no name before the '='.`);
    if (modules.has(name))
      throw new CommandError(2, `--tasks: two modules are called '${name}'; give one of them a name: NAME=FILE.`);
    modules.set(name, module);
  }
  return Object.fromEntries(modules);
}

function named(text: string, folder: string): readonly [name: string, module: string] {
  // What has a slash before the '=' is a path with one in it.
  const [, name, rest] = /^([^=/\\]*)=(.*)$/s.exec(text) ?? [undefined, undefined, text];
  if (rest?.startsWith('node:')) {
    if (!isBuiltin(rest)) throw new CommandError(2, `--tasks: Node has no module '${rest}'.`);
    return [name ?? rest, rest];
  }
  const file = existing(rest ?? '', folder);
  return [name ?? parse(file).name, file];
}

// Here, not when the first task comes.
function existing(text: string, folder: string): string {
  const file = text.startsWith('file:') ? pathOf(text) : resolve(folder, text);
  let found: ReturnType<typeof statSync>;
  try {
    found = statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw new CommandError(2, `--tasks: ${file} cannot be read: ${inOneLine(error)}`, { cause: error });
  }
  if (found === undefined) throw new CommandError(2, `--tasks: there is no file ${file}.`);
  if (found.isDirectory()) throw new CommandError(2, `--tasks: ${file} is a folder; name the module in it.`);
  return file;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new CommandError(2, `--tasks: '${url}' names no file here.`, { cause: error });
  }
}
