import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { cases } from './cases.js';
import { matches } from './matches.js';
import { measure, type Result } from './measure.js';
import { type BenchOptions, helpText, readOptions, UsageError } from './options.js';
import { summary, tableHead, tableRow } from './report.js';

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(helpText);
  else await bench(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(isUsage ? `bench: ${error.message}` : error);
  process.exitCode = isUsage ? 2 : 1;
}

async function bench({ json, workers, rounds, ...chosen }: BenchOptions): Promise<void> {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cpus: availableParallelism() };
  process.stdout.write(
    `Node ${machine.node}, ${machine.cpus} CPUs (${machine.cpu}); ${workers} workers, ${rounds} rounds; the medians of the rounds\n`,
  );
  const results: Result[] = [];
  for (const match of matches.filter(({ name }) => chosen.matches.includes(name))) {
    process.stdout.write(tableHead(match.name, match.library));
    const measured = cases.filter(({ name }) => chosen.cases.includes(name));
    await measure(match, measured, { workers, rounds }, (result) => {
      results.push(result);
      process.stdout.write(tableRow(result));
    });
  }
  process.stdout.write(summary(results));
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ machine, workers, rounds, results }, undefined, 2)}\n`);
}
