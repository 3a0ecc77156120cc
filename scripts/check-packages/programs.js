import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { run } from './commands.js';
import { readManifest } from './packages.js';

/**
 * A program of a target. It is run on every Node, if what it is built by worked.
 *
 * @typedef {object} Program
 * @property {string} title
 * @property {import('./consumer.js').Target} target
 * @property {string} main
 */

/**
 * What makes programs; `programs` are those to run after it, if it works.
 *
 * @typedef {object} Build
 * @property {string} title
 * @property {() => Promise<unknown>} run
 * @property {readonly Program[]} programs
 */

const compilers = { 'TypeScript 7': 'typescript', 'TypeScript 5.9': 'typescript-5.9' };
const resolutions = { nodenext: ['main.js', 'main.cjs'], bundler: ['main.js'] };
const plain = {
  'ES module': 'plain/main.js',
  'CommonJS script': 'plain/main.cjs',
  'task module .ts': 'stripped/main.js',
};

/**
 * The programs that need no building.
 *
 * @param {readonly import('./consumer.js').Target[]} targets
 * @returns {Program[]}
 */
export function plainPrograms(targets) {
  return Object.entries(plain).flatMap(([title, main]) =>
    targets.map((target) => ({ title, target, main: join(target.folder, main) })),
  );
}

/**
 * Each compiler with each way of resolving modules, once for all targets.
 *
 * @param {string} project
 * @param {readonly import('./consumer.js').Target[]} targets
 * @param {import('./runtimes.js').Runtime} runtime
 * @returns {Build[]}
 */
export function compilations(project, targets, { path, env }) {
  return Object.entries(compilers).flatMap(([compiler, installed]) =>
    Object.entries(resolutions).map(([resolution, mains]) => {
      const out = join(project, 'out', `${installed}-${resolution}`);
      const tsc = join('node_modules', installed, 'bin', 'tsc');
      const args = [tsc, '-p', `tsconfig.${resolution}.json`, '--outDir', out];
      return {
        title: `${compiler}, ${resolution}`,
        run: () => run(path, args, { cwd: project, env, silent: true, seconds: 180 }),
        programs: targets.flatMap((target) =>
          mains.map((main) => ({
            title: `${compiler}, ${resolution}${main.endsWith('.cjs') ? ', .cts' : ''}`,
            target,
            main: join(out, basename(target.folder), 'typed', main),
          })),
        ),
      };
    }),
  );
}

/**
 * Each bundler's command in the target's package.json. What `tool:how` makes is in `dist/tool-how`.
 *
 * @param {string} project
 * @param {import('./consumer.js').Target} target
 * @param {import('./runtimes.js').Runtime} runtime
 * @returns {Build[]}
 */
export function bundles(project, target, { env }) {
  const path = [join(project, 'node_modules', '.bin'), env['PATH']].join(delimiter);
  return Object.entries(readManifest(target.folder).scripts ?? {}).map(([script, command]) => {
    const title = script.replace(':', ', ');
    const main = join(
      target.folder,
      'dist',
      script.replace(':', '-'),
      title.endsWith('common') ? 'main.cjs' : 'main.js',
    );
    return {
      title: `${title}: bundle of ${target.title}`,
      run: () => run(command, [], { cwd: target.folder, env: { ...env, PATH: path }, shell: true }),
      programs: [{ title, target, main }],
    };
  });
}

/**
 * Runs a program to its end: it must say that it is done, on the Node that was meant, and nothing else.
 *
 * @param {Program} program
 * @param {import('./runtimes.js').Runtime} runtime
 */
export async function runProgram({ main, target }, { path, version, env }) {
  if (!existsSync(main)) throw new Error(`there is no ${main}`);
  const said = await run(path, [main], { cwd: target.folder, env, silent: true });
  if (said !== `done on ${version}\n`) throw new Error(`${main} said ${JSON.stringify(said)}`);
}
