import { execFileSync } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AdapterError } from '../bad-input.js';

/** The URL of an adapter that was named by a path or as a package, seen from a folder. */
export function resolveAdapter(name: string, folder: string): string {
  if (name.startsWith('file:') || name.startsWith('data:')) return name;
  const path = resolve(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return pathToFileURL(realpathSync(path)).href;
  if (found?.isDirectory() && isPath(name)) throw new AdapterError(`${path} is a folder: name the module in it.`);
  if (isPath(name)) throw new AdapterError(`There is no file ${path}.`);
  return packageUrl(name, folder);
}

function isPath(name: string): boolean {
  return /^\.{0,2}[/\\]|^\.{1,2}$|^[a-z]:[/\\]/i.test(name);
}

// Only a module in that folder sees the packages that it would see, under the conditions of `import`.
function packageUrl(name: string, folder: string): string {
  const text = 'process.stdout.write(import.meta.resolve(process.argv[1]))';
  try {
    return execFileSync(process.execPath, ['--input-type=module', '--eval', text, '--', name], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    throw new AdapterError(
      `There is no file ${resolve(folder, name)}, and no package '${name}' to be seen from ${folder}.`,
      {
        cause: error,
      },
    );
  }
}
