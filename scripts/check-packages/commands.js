import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';

const timeScale = Number(process.env['ANYPOOL_TIME_SCALE'] ?? 1);

/** What a caller's tools set for themselves, and nobody who installs or runs a program would have. */
const notForPrograms =
  /^(?:npm_(?!config_(?:registry|cache|cafile|userconfig)$)|pnpm_|NODE_OPTIONS$|NODE_PATH$|NODE_ENV$|COLOR$|FORCE_COLOR$|NO_COLOR$|ANYPOOL_)/i;

/**
 * The environment for a program, with `folders` before all others on its PATH.
 *
 * @param {readonly string[]} folders
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(folders) {
  const kept = Object.entries(process.env).filter(([name]) => !notForPrograms.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [...folders, process.env['PATH']].join(delimiter),
  };
}

/**
 * Runs a command to its end and gives its stdout. Throws an error that shows the command and all it printed if it fails, does not end
 * by itself, or, where `silent`, prints anything to stderr.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, silent?: boolean, seconds?: number, shell?: boolean }} options
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, env, silent = false, seconds = 60, shell = false }) {
  const timeout = seconds * 1000 * timeScale;
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, shell, timeout, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const wrong = error === null ? silent && stderr !== '' && 'it printed to stderr' : ending(error, timeout);
      if (!wrong) return resolve(stdout);
      reject(
        new Error(
          `${wrong}\n  in ${cwd}\n  $ ${[command, ...args].join(' ')}${shown('stdout', stdout)}${shown('stderr', stderr)}`,
        ),
      );
    });
  });
}

/**
 * @param {import('node:child_process').ExecFileException} error
 * @param {number} timeout
 */
function ending(error, timeout) {
  if (error.killed) return `it had not ended after ${timeout} ms`;
  if (error.signal) return `it was ended by ${error.signal}`;
  return typeof error.code === 'number' ? `it ended with exit code ${error.code}` : error.message;
}

/**
 * @param {string} stream
 * @param {string} text
 */
function shown(stream, text) {
  return text.trim() === '' ? '' : `\n  ${stream}:\n${text.trimEnd().replaceAll(/^/gm, '    ')}`;
}

/**
 * Calls `body` for each item, two at a time.
 *
 * @template Item
 * @param {Iterable<Item>} items
 * @param {(item: Item) => Promise<unknown>} body
 */
export async function twoAtATime(items, body) {
  const rest = items[Symbol.iterator]();
  const next = async () => {
    for (let item = rest.next(); !item.done; item = rest.next()) await body(item.value);
  };
  await Promise.all([next(), next()]);
}
