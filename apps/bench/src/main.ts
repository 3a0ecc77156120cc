import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { type BenchOptions, helpText, readOptions } from './options.js';
import { htmlReport } from './report/html.js';
import { comparisonTable, failureList, markdownReport, targetTable } from './report/markdown.js';
import { compareFigures } from './results/compare.js';
import { type Figures, infoOf } from './results/figures.js';
import { judge } from './results/judge.js';
import { readFigures } from './results/read-figures.js';
import { iterationsPerMs } from './run/calibrate.js';
import { fieldOf, measure } from './run/measure.js';
import { UsageError } from './usage-error.js';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(helpText);
  else if ('remote' in options) {
    // Loaded only here: no other run needs a Redis client.
    const { remoteBench } = await import('./remote/remote-bench.js');
    process.stdout.write(`${await remoteBench(options, (text) => process.stderr.write(`${text}\n`))}\n`);
  } else process.exitCode = await bench(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `bench: ${error.message}` : error);
  process.exitCode = isUsage ? 2 : 1;
}

async function bench(options: BenchOptions): Promise<number> {
  // Read first: a run of a quarter of an hour is a long way to a file that is not there.
  const before = options.compare === undefined ? undefined : await readFigures(options.compare);
  const figures = options.from === undefined ? await run(options) : await readFigures(options.from);
  const comparisons = before && compareFigures(figures, before);
  if (before !== undefined && before.quick !== figures.quick)
    throw new UsageError(
      `${options.compare} ${before.quick ? 'is of a quick run, and this is not' : 'is of a full run, and this is a quick one'}`,
    );
  const parts = [
    markdownReport(figures),
    ...(before === undefined || comparisons === undefined ? [] : [comparisonTable(comparisons, before)]),
    targetTable(judge(figures)),
    failureList(figures.failures),
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  process.stdout.write(text);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, undefined, 1)}\n`);
  if (options.markdown !== undefined) await writeFile(options.markdown, text);
  if (options.html !== undefined) await writeFile(options.html, htmlReport(figures, comparisons));
  const isWorse = comparisons?.some(({ change }) => change === 'worse') ?? false;
  return isWorse || figures.failures.length > 0 ? 1 : 0;
}

async function run({ contenders, cases, workers, rounds, quick }: BenchOptions): Promise<Figures> {
  if (!cases.some((one) => fieldOf(one, contenders).length > 0))
    throw new UsageError('none of the chosen backends takes part in the chosen cases');
  const share = quick ? 0.1 : 1;
  const start = performance.now();
  const { results, failures } = await measure(
    {
      contenders,
      cases,
      workers,
      rounds,
      generations: quick ? 1 : 3,
      share,
      warmth: 1000 * share,
      iterationsPerMs: iterationsPerMs(),
    },
    (text) => process.stderr.write(`${clock(performance.now() - start)}  ${text}\n`),
  );
  return {
    format: 1,
    date: new Date().toISOString(),
    machine: { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cpus: availableParallelism() },
    workers,
    rounds,
    quick,
    cases: cases.filter(({ id }) => results.some((one) => one.case === id)).map(infoOf),
    results,
    failures,
  };
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
