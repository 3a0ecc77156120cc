import { readFile, writeFile } from 'node:fs/promises';
import { confirmHangs } from './compare/confirm.js';
import { compareDocument, withSection } from './compare/documents.js';
import { drawText } from './compare/draw.js';
import { type CompareOptions, helpText, readOptions, UsageError } from './compare/options.js';
import { type CaseEnd, count, type TargetReport } from './compare/results.js';
import { readRules } from './compare/rules.js';
import { runTarget } from './compare/run-target.js';
import { ruleTable } from './compare/table.js';
import { type Target, targets } from './compare/targets.js';

const groups = readRules();
// As for the suite: slow machines have more time.
const machineScale = Number(process.env['ANYPOOL_TIME_SCALE'] ?? 1);
const root = new URL('../../../', import.meta.url);

try {
  const options = readOptions(
    process.argv.slice(2),
    groups.flatMap(({ rules }) => rules.map(({ id }) => id)),
  );
  if (options === undefined) process.stdout.write(helpText);
  else await compare(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `conformance:compare: ${error.message}` : error);
  process.exitCode = isUsage ? 2 : 1;
}

async function compare(options: CompareOptions): Promise<void> {
  const reports = new Map<string, TargetReport>();
  for (const file of options.from) for (const report of await readReports(file)) reports.set(report.target, report);
  const wanted = targets.filter(({ name }) => options.targets.includes(name));
  assertWhole(options, [...reports.keys(), ...options.targets]);
  const deadline = Date.now() + options.minutes * 60_000;
  // What takes an hour is not to be lost by what comes after it.
  const keep = async (report: TargetReport): Promise<void> => {
    reports.set(report.target, report);
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify([...reports.values()], undefined, 1)}\n`);
  };
  for (const target of wanted) {
    await keep(await reportOf(target, options, deadline));
  }
  for (const target of options.confirm ? targets : []) {
    const report = reports.get(target.name);
    if (report === undefined) continue;
    const confirmed = await confirmHangs(report, target, { jobs: options.jobs, deadline });
    progress(target, confirmed.results);
    await keep(confirmed);
  }
  const inOrder = targets.flatMap(({ name }) => reports.get(name) ?? []);
  process.stdout.write(drawText(ruleTable(groups, inOrder)));
  if (!options.updateReadme) return;
  const readme = new URL('README.md', root);
  await writeFile(readme, withSection(await readFile(readme, 'utf8'), groups, inOrder));
  await writeFile(new URL('docs/compare.md', root), compareDocument(groups, inOrder));
}

async function readReports(file: string): Promise<TargetReport[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--from ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function assertWhole({ updateReadme }: CompareOptions, names: readonly string[]): void {
  const missing = targets.filter(({ name }) => !names.includes(name));
  if (updateReadme && missing.length > 0)
    throw new UsageError(`--update-readme needs all targets; missing: ${missing.map(({ name }) => name).join(', ')}`);
}

async function reportOf(target: Target, options: CompareOptions, deadline: number): Promise<TargetReport> {
  const date = new Date().toISOString();
  const timeScale = (target.isRaw ? options.timeScale : 1) * machineScale;
  const seen: CaseEnd[] = [];
  const onResult = (end: CaseEnd): void => {
    seen.push(end);
    if (seen.length % 50 === 0) progress(target, seen);
  };
  const results = await runTarget(target, { ...options, timeScale, deadline, onResult });
  progress(target, results);
  return { target: target.name, library: target.library, node: process.version, date, timeScale, results };
}

function progress({ name }: Target, results: readonly CaseEnd[]): void {
  const { passed, total, failed, hang, crash, notOffered } = count(results);
  process.stderr.write(
    `${name}: ${passed} of ${total} passed, ${failed} failed, ${hang} hung, ${crash} crashed, ${notOffered} not offered\n`,
  );
}
