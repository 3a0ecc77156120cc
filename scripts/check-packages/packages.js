import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A package that is published; `library` is the pool library that it is an adapter over, if there is one.
 *
 * @typedef {object} Package
 * @property {string} name
 * @property {string} folder
 * @property {boolean} isAdapter
 * @property {string | undefined} library
 * @property {readonly string[]} entries what can be imported of it
 */

/**
 * Every public package under `packages/`. Those with a `src/backend.ts` are adapters, and the library is what else they want beside core.
 *
 * @param {string} root
 * @returns {Package[]}
 */
export function publicPackages(root) {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join(root, 'packages', name);
    if (!existsSync(join(folder, 'package.json'))) return [];
    const manifest = readManifest(folder);
    if (manifest.private) return [];
    const isAdapter =
      existsSync(join(folder, 'src', 'backend.ts')) && '@anypool/core' in (manifest.peerDependencies ?? {});
    const libraries = Object.keys(manifest.peerDependencies ?? {}).filter((peer) => peer !== '@anypool/core');
    if (isAdapter && libraries.length > 1)
      throw new Error(`${manifest.name} is an adapter over one library, and has the peers ${libraries.join(', ')}.`);
    const entries = Object.keys(manifest.exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => manifest.name + entry.slice(1));
    return [{ name: manifest.name, folder, entries, isAdapter, library: isAdapter ? libraries[0] : undefined }];
  });
}

/**
 * @param {string} folder
 * @returns {{ name: string, version: string, private?: boolean, packageManager?: string, scripts?: Record<string, string>,
 *   peerDependencies?: Record<string, string>, exports: Record<string, unknown> }}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
