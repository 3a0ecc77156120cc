import { accessSync, constants, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { inspect } from 'node:util';
import { AdapterError, inOneLine, OptionError } from '../bad-input.js';
import { htmlReport } from '../report/html.js';
import { markdownReport } from '../report/markdown.js';
import { oneLine } from '../report/plain-text.js';
import { terminalSummary } from '../report/terminal.js';
import { type ConformanceReport, isFailure } from '../report.js';
import { runConformance } from '../run-conformance.js';
import { suiteVersion } from '../suite-version.js';
import { type Command, commandOf, usage } from './options.js';
import { showProgress } from './progress.js';
import { resolveAdapter } from './resolve-adapter.js';

const maximumJobs = 4;

/** The command line program. Gives its exit code: 0 without failures, 1 with some, 2 where the input is wrong. */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever writes is told as well; a terminal that is gone is nobody's failure.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    const command = commandOf(args, Math.min(availableParallelism(), maximumJobs));
    if (command === 'help') return await print(usage);
    if (command === 'version') return await print(`${suiteVersion}\n`);
    return await run(command);
  } catch (error) {
    const isInput = error instanceof AdapterError || error instanceof OptionError;
    // What is wrong with this program itself is not for one line.
    const text = isInput ? oneLine(error.message) : inspect(error);
    process.stderr.write(`anypool-conformance: ${text}\n`);
    return 2;
  }
}

/** Resolves once the text is written, or its reader is gone, as that of `| head` is: that is nobody's failure. */
function print(text: string): Promise<0> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error == null || ('code' in error && error.code === 'EPIPE')) resolve(0);
      else reject(unwritable('The standard output', error));
    });
  });
}

async function run({ adapter, files, quiet, ...options }: Command): Promise<number> {
  const module = resolveAdapter(adapter, process.cwd());
  for (const file of Object.values(files)) checkFile(file);
  const ending = new AbortController();
  const signals = endingOn(['SIGINT', 'SIGTERM', 'SIGHUP'], ending);
  const progress = showProgress(quiet || !process.stderr.isTTY ? undefined : process.stderr);
  try {
    const report = await runConformance({ ...options, module, signal: ending.signal, ...progress });
    progress.end();
    if (report.results.every(({ status }) => status === 'skipped'))
      throw new OptionError(
        'Nothing was tested: none of these cases applies to the kinds and capabilities of the adapter.',
      );
    try {
      if (!quiet) await print(terminalSummary([report]));
    } finally {
      write(files, report);
    }
    return report.results.some(isFailure) ? 1 : 0;
  } catch (error) {
    progress.end();
    const { ended } = signals;
    if (ended === undefined) throw error;
    signals.dispose();
    process.kill(process.pid, ended); // all is ended; the rest is as if nobody had listened
    return 1;
  } finally {
    signals.dispose();
  }
}

function write(files: Command['files'], report: ConformanceReport): void {
  if (files.json !== undefined) writeText(files.json, `${JSON.stringify(report, null, 2)}\n`);
  if (files.markdown !== undefined) writeText(files.markdown, `# Conformance\n\n${markdownReport([report])}`);
  if (files.html !== undefined) writeText(files.html, htmlReport([report]));
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(what: string, error: unknown): OptionError {
  return new OptionError(`${what} cannot be written: ${inOneLine(error).replace(/^Error: /, '')}.`, { cause: error });
}

// Before the run, not after minutes of it.
function checkFile(file: string): void {
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    const existing = statSync(file, { throwIfNoEntry: false });
    if (existing?.isDirectory()) throw new Error('it is a folder');
    accessSync(existing === undefined ? dirname(resolve(file)) : file, constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** Ends a run on the first of some signals, and by force on a second, as Node does without listeners. */
function endingOn(
  signals: readonly NodeJS.Signals[],
  ending: AbortController,
): { readonly ended: NodeJS.Signals | undefined; dispose(): void } {
  let ended: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals) => {
    ended = signal;
    dispose();
    ending.abort(new Error(`Ended by ${signal}.`));
  };
  const dispose = () => {
    for (const signal of signals) process.off(signal, listener);
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    get ended() {
      return ended;
    },
    dispose,
  };
}
