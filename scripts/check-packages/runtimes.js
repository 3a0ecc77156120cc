import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { environment, run } from './commands.js';

/**
 * A Node that programs are run on.
 *
 * @typedef {object} Runtime
 * @property {string} title
 * @property {string} path
 * @property {string} version
 * @property {boolean} stripsTypes
 * @property {NodeJS.ProcessEnv} env with this Node before all others on the PATH
 */

/** The oldest Node that the packages support, as a dependency. */
export const oldestNode = 'node@20';

/**
 * The system's Node, if it is of the oldest line that the packages support: the first on the PATH that no package has put there.
 *
 * @param {string} root
 * @returns {Promise<Runtime | undefined>}
 */
export async function systemNode(root) {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  const folder = folders.find((one) => existsSync(join(one, 'node')));
  if (folder === undefined) return undefined;
  const runtime = await runtimeAt(join(folder, 'node'), "the system's", root);
  return runtime.version.startsWith(`v${oldestNode.split('@')[1]}.`) ? runtime : undefined;
}

/**
 * The Node that the package `node` in `folder` has fetched.
 *
 * @param {string} folder
 * @param {string} title
 * @returns {Promise<Runtime>}
 */
export function installedNode(folder, title) {
  return runtimeAt(join(folder, 'node_modules', 'node', 'bin', 'node'), title, folder);
}

/**
 * @param {string} path
 * @param {string} title
 * @param {string} cwd
 * @returns {Promise<Runtime>}
 */
async function runtimeAt(path, title, cwd) {
  const env = environment([dirname(path)]);
  const answer = await run(path, ['-p', 'JSON.stringify([process.version, !!process.features.typescript])'], {
    cwd,
    env,
  });
  const [version, stripsTypes] = JSON.parse(answer);
  return { title, path, version, stripsTypes, env };
}
