import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, run } from './commands.js';

/** The files of the project that uses the packages; `app` in it is copied for each adapter and kind. */
const fixture = fileURLToPath(new URL('../consumer', import.meta.url));

/**
 * An adapter with one of its kinds, and where the programs that use it are, in the project.
 *
 * @typedef {object} Target
 * @property {string} title
 * @property {string} folder
 */

/**
 * Makes a project outside the workspace and installs the tarballs in it, as anybody would.
 *
 * @param {string} project where it is to be
 * @param {readonly string[]} tarballs
 * @param {readonly string[]} more what else it needs
 */
export async function install(project, tarballs, more) {
  mkdirSync(project, { recursive: true });
  for (const name of readdirSync(fixture)) if (name !== 'app') cpSync(join(fixture, name), join(project, name));
  const outside = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const env = { ...environment([]), PATH: outside.join(delimiter) };
  const files = tarballs.map((tarball) => `./${relative(project, tarball)}`);
  await run('npm', ['install', '--no-audit', '--no-fund', ...files, ...more], { cwd: project, env, seconds: 300 });
}

/**
 * Asks an adapter which kinds it has, and copies the programs for each of them, with its name in them in place of tinypool's.
 *
 * @param {string} project
 * @param {import('./packages.js').Package} adapter
 * @param {import('./runtimes.js').Runtime} runtime
 * @returns {Promise<Target[]>}
 */
export async function targetsOf(project, adapter, runtime) {
  const { path, env } = runtime;
  /** @type {string[]} */
  const kinds = JSON.parse(await run(path, ['kinds.js', adapter.name], { cwd: project, env, silent: true }));
  if (kinds.length === 0) throw new Error(`${adapter.name} has no kind of workers`);
  return kinds.map((kind) => {
    const folder = join(project, `${basename(adapter.name)}-${kind}`);
    cpSync(join(fixture, 'app'), folder, { recursive: true });
    for (const name of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (name.isFile()) adapt(join(name.parentPath, name.name), adapter, kind);
    return { title: `${basename(adapter.name)}:${kind}`, folder };
  });
}

/**
 * @param {string} file
 * @param {import('./packages.js').Package} adapter
 * @param {string} kind
 */
function adapt(file, { name, library }, kind) {
  const adapted = readFileSync(file, 'utf8')
    .replaceAll('@anypool/tinypool', name)
    .replaceAll("kind: 'thread'", `kind: '${kind}'`)
    .replaceAll(' --external:tinypool', library === undefined ? '' : ` --external:${library}`);
  writeFileSync(file, adapted);
}
