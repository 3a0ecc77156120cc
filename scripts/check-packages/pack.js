import { join } from 'node:path';
import { run, twoAtATime } from './commands.js';
import { readManifest } from './packages.js';

/**
 * Packs the packages, and looks at the tarballs as a registry and a TypeScript consumer would: publint and attw.
 *
 * @param {string} root
 * @param {readonly import('./packages.js').Package[]} packages
 * @param {string} folder where the tarballs are to be
 * @param {import('./report.js').Report} report
 * @returns {Promise<string[]>} the tarballs
 */
export async function pack(root, packages, folder, report) {
  const tool = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);
  const pnpm = readManifest(root).packageManager ?? 'pnpm';
  /** @type {string[]} */
  const tarballs = [];
  await twoAtATime(packages, async ({ name, folder: cwd }) => {
    const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}.tgz`);
    const packed = await report.check(`${name}: pack`, async () => {
      await run('npx', ['--yes', pnpm, 'pack', '--out', tarball], { cwd });
    });
    if (!packed) return;
    tarballs.push(tarball);
    await report.check(`${name}: publint`, async () => {
      await run(tool('publint'), ['--strict', tarball], { cwd });
    });
    await report.check(`${name}: attw`, async () => {
      await run(tool('attw'), ['--profile', 'esm-only', tarball], { cwd });
    });
  });
  return tarballs;
}
