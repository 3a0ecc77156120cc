import { constants as access, accessSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, resolve } from 'node:path';
import { CommandError, inOneLine } from './command-error.js';
import { commandOf, usage } from './options.js';
import { ownVersion } from './version.js';
import { runWorker, type WorkerEvent } from './worker.js';

/** The command line program. Gives its exit code: 0 if all went well, 1 if something did not, 2 where the input is wrong. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const command = commandOf(args, { env: process.env, folder: process.cwd() });
    if (command === 'help') return print(usage);
    if (command === 'version') return print(`${ownVersion()}\n`);
    return await runWorker(command, telling(command.healthFile), endingOn(['SIGTERM', 'SIGINT']));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`anypool: ${error.message}\n`);
    return error.exitCode;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Prints events, and leaves the last one in a file. */
function telling(healthFile: string | undefined): (event: WorkerEvent) => void {
  if (healthFile !== undefined) removeOld(healthFile);
  // Whoever read the lines may have gone: the tasks go on.
  process.stdout.on('error', () => {});
  return (event) => {
    const line = `${JSON.stringify(event)}\n`;
    process.stdout.write(line);
    if (healthFile === undefined) return;
    try {
      writeFileSync(healthFile, line);
    } catch {
      // A full disk is no reason to end: the file grows old, and that is seen.
    }
  };
}

// What an earlier process has left says nothing of this one.
function removeOld(healthFile: string): void {
  try {
    accessSync(dirname(resolve(healthFile)), access.W_OK);
    rmSync(healthFile, { force: true });
  } catch (error) {
    throw new CommandError(2, `--health-file: ${healthFile} cannot be written: ${inOneLine(error)}`, { cause: error });
  }
}

/** Is aborted by the first of some signals; a second one ends the process at once, as Node does without listeners. */
function endingOn(signals: readonly NodeJS.Signals[]): AbortSignal {
  const ending = new AbortController();
  const listener = (signal: NodeJS.Signals) => {
    if (ending.signal.aborted) process.exit(128 + constants.signals[signal]);
    ending.abort();
  };
  for (const signal of signals) process.on(signal, listener);
  return ending.signal;
}
