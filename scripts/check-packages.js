// Packs every public package, looks at what is in it, installs it with npm outside this workspace, in a path with spaces and letters of
// all sorts, and uses it there in every way that people do: see scripts/consumer.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { twoAtATime } from './check-packages/commands.js';
import { install, targetsOf } from './check-packages/consumer.js';
import { lookThrough } from './check-packages/contents.js';
import { checkEntries, checkQuotations } from './check-packages/documented.js';
import { pack } from './check-packages/pack.js';
import { publicPackages } from './check-packages/packages.js';
import { bundles, compilations, plainPrograms, runProgram } from './check-packages/programs.js';
import { createReport } from './check-packages/report.js';
import { installedNode, oldestNode, systemNode } from './check-packages/runtimes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'anypool-packages-')));
const project = join(folder, 'any pool ünï 包', 'project');
const report = createReport();

try {
  const packages = publicPackages(root);
  const tarballFolder = join(folder, 'any pool ünï 包', 'tarballs');
  mkdirSync(tarballFolder, { recursive: true });
  const tarballs = await pack(root, packages, tarballFolder, report);
  await report.check('docs/bundlers.md quotes what is checked', () => checkQuotations(root, 'docs/bundlers.md'));

  if (tarballs.length < packages.length) report.skip('every program', 'not all packages could be packed');
  else await use(packages, tarballs);
} finally {
  rmSync(folder, { recursive: true, maxRetries: 3 });
}
const { passed, failed, skipped } = report.counts;
console.log(`\npackages: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Installs the packages, and uses them.
 *
 * @param {readonly import('./check-packages/packages.js').Package[]} packages
 * @param {readonly string[]} tarballs
 */
async function use(packages, tarballs) {
  const system = await systemNode(root);
  const isInstalled = await report.check('npm install', () => install(project, tarballs, system ? [] : [oldestNode]));
  if (!isInstalled) return report.skip('every program', 'the packages are not installed');
  const oldest = system ?? (await installedNode(project, `the package ${oldestNode}`));
  const pinned = await installedNode(root, 'the pinned');
  const runtimes = [oldest, pinned];
  for (const { title, version, stripsTypes } of runtimes)
    console.log(`Programs run on ${title} Node ${version}, which strips ${stripsTypes ? '' : 'no '}types.`);
  if (!pinned.stripsTypes) report.skip('task module .ts', 'no Node here strips types');
  if (oldest.stripsTypes) report.skip('task module .ts, the telling error', 'every Node here strips types');

  for (const { name } of packages)
    await report.check(`${name}: what is in it`, () => lookThrough(join(project, 'node_modules', name)));

  /** @type {import('./check-packages/consumer.js').Target[]} */
  const targets = [];
  for (const adapter of packages.filter(({ isAdapter }) => isAdapter)) {
    await report.check(`${adapter.name}: kinds`, async () => {
      const found = await targetsOf(project, adapter, pinned);
      targets.push(...found);
      return found.map(({ title }) => title).join(', ');
    });
  }
  const typed = targets.map((target) => join(target.folder, 'typed', 'exports.ts'));
  await report.check('the types of every entry are checked', () => checkEntries(packages, typed));

  const programs = plainPrograms(targets);
  const builds = [
    ...compilations(project, targets, pinned),
    ...targets.flatMap((target) => bundles(project, target, pinned)),
  ];
  await twoAtATime(builds, async (build) => {
    if (await report.check(build.title, async () => void (await build.run()))) programs.push(...build.programs);
    else for (const { title, target } of build.programs) report.skip(`${title}, ${target.title}`, 'it was not built');
  });
  const runs = programs.flatMap((program) => runtimes.map((runtime) => ({ program, runtime })));
  await twoAtATime(runs, async ({ program, runtime }) => {
    const title = `${program.title.padEnd(32)} node ${runtime.version.padEnd(10)} ${program.target.title}`;
    await report.check(title, () => runProgram(program, runtime));
  });
}
