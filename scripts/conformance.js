// Runs the conformance suite against every adapter and kind, the remote one (with a worker host of its own, where there is a Redis), and the
// inline executor. Writes conformance-report/ and says how it went.
//
//   --update-readme      writes the table into README.md, and docs/conformance.md
//   --adapter NAME       only this one, such as tinypool; may be given several times
//   --case ID_OR_RULE    only these cases; may be given several times
//   --jobs N             processes side by side. Default: one for each CPU
//   --time-scale N       stretches all time limits
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { startConformanceHost } from '../packages/bullmq/test/hosts.ts';
import { findRedis, removeKeys } from '../packages/bullmq/test/redis.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const markers = ['<!-- conformance: made by `pnpm conformance --update-readme` -->', '<!-- /conformance -->'];

/** What is run: each adapter with its known gaps, in the order of their names, then the remote one, and core for the inline executor. */
export function targetsOf(folder) {
  const adapters = readdirSync(join(folder, 'packages')).filter(
    // Core has a backend.ts too, for those who write one.
    (name) => name !== 'core' && existsSync(join(folder, 'packages', name, 'src/backend.ts')),
  );
  const file = (name, path) => pathToFileURL(join(folder, 'packages', name, path));
  return [
    ...adapters.map((name) => ({
      name,
      module: file(name, 'dist/index.js').href,
      knownGaps: file(name, 'known-gaps.json'),
    })),
    {
      name: 'bullmq',
      module: file('bullmq', 'test/adapter.js').href,
      knownGaps: file('bullmq', 'known-gaps.json'),
      kinds: ['remote'],
      // Its module is one of the tests, which knows the host's queue.
      shownAs: '@anypool/bullmq',
    },
    { name: 'core', module: file('core', 'dist/index.js').href, kinds: ['inline'] },
  ];
}

/** A document with a text between its markers. */
export function withTable(document, text) {
  const [begin, end] = markers.map((marker) => document.indexOf(marker));
  if (begin === -1 || end < begin) throw new Error(`README.md has no ${markers.join(' … ')}.`);
  return `${document.slice(0, begin + markers[0].length)}\n\n${text}\n\n${document.slice(end)}`;
}

async function main() {
  const { values } = parseArgs({
    options: {
      'update-readme': { type: 'boolean' },
      adapter: { type: 'string', multiple: true },
      case: { type: 'string', multiple: true },
      jobs: { type: 'string' },
      'time-scale': { type: 'string' },
    },
  });
  const suite = await import(new URL('../packages/conformance/dist/index.js', import.meta.url).href);
  const targets = targetsOf(root).filter(({ name }) => values.adapter?.includes(name) ?? true);
  const isPart = values.case !== undefined || values.adapter !== undefined;
  if (isPart && values['update-readme']) throw new Error('--update-readme needs all cases and all adapters.');

  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => ending.abort(new Error(`Ended by ${signal}.`)));
  const reports = [];
  const since = performance.now();
  for (const { name, shownAs, ...target } of targets) {
    const begun = performance.now();
    const run = () =>
      suite.runConformance({
        ...target,
        cases: values.case,
        jobs: values.jobs === undefined ? availableParallelism() : Number(values.jobs),
        timeScale: values['time-scale'] === undefined ? undefined : Number(values['time-scale']),
        signal: ending.signal,
      });
    const report = target.kinds?.includes('remote') ? await withRemoteHost(run) : await run();
    if (report === undefined) {
      const message = `${name}: NOT RUN, as there is no Redis: set REDIS_URL, or install redis-server.`;
      if (values['update-readme']) throw new Error(message);
      console.error(message);
      continue;
    }
    const failures = report.results.filter(suite.isFailure).length;
    console.error(`${name}: ${report.results.length} results, ${failures} failures, ${seconds(begun)} s`);
    reports.push(shownAs === undefined ? report : { ...report, adapter: { ...report.adapter, name: shownAs } });
  }
  console.log(`\n${suite.terminalSummary(reports)}${seconds(since)} s`);
  write(reports, suite);
  if (values['update-readme']) updateDocuments(reports, suite);
  return reports.some(({ results }) => results.some(suite.isFailure)) ? 1 : 0;
}

/** Runs with a real Redis and a worker host; undefined where there is no Redis. */
async function withRemoteHost(run) {
  const redis = await findRedis();
  if (redis === undefined) return undefined;
  try {
    const host = await startConformanceHost(redis.url);
    Object.assign(process.env, host.env);
    try {
      return await run();
    } finally {
      await host.stop();
      await removeKeys(redis.url, host.queue);
    }
  } finally {
    await redis.stop();
  }
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(0);
}

function write(reports, { htmlReport, jsonReport, markdownReport }) {
  const folder = join(root, 'conformance-report');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), jsonReport(reports));
  writeFileSync(join(folder, 'report.md'), `# Conformance\n\n${markdownReport(reports)}`);
  writeFileSync(join(folder, 'report.html'), htmlReport(reports));
}

function updateDocuments(reports, { markdownReport, markdownSummary }) {
  const readme = join(root, 'README.md');
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), markdownSummary(reports)));
  const heading = '# Conformance, rule by rule\n\nMade by `pnpm conformance --update-readme`.';
  writeFileSync(join(root, 'docs/conformance.md'), `${heading}\n\n${markdownReport(reports)}`);
}

if (argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
