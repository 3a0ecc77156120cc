import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError, inOneLine } from './command-error.js';

/**
 * The secrets that calls and replies are signed with, the first of them that of this host; undefined where there are to be none.
 *
 * One that was left empty is an error: the host would take calls from anybody, which nobody has asked for.
 */
export function secretsOf(
  file: string | undefined,
  environment: string | undefined,
  folder: string,
): readonly string[] | undefined {
  if (file !== undefined) return secretsIn(resolve(folder, file));
  if (environment === undefined) return undefined;
  if (environment.trim() === '') throw new CommandError(2, 'ANYPOOL_SECRET is set, and empty.');
  return [environment];
}

function secretsIn(file: string): readonly string[] {
  const secrets = read(file)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (secrets.length === 0) throw new CommandError(2, `--secret-file: there is no secret in ${file}.`);
  return secrets;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(2, `--secret-file: ${file} cannot be read: ${inOneLine(error)}`, { cause: error });
  }
}
