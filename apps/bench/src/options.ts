import { parseArgs } from 'node:util';
import { cases } from './cases.js';
import { matches } from './matches.js';

/** What the command line asked for. */
export interface BenchOptions {
  readonly matches: readonly string[];
  readonly cases: readonly string[];
  readonly workers: number;
  readonly rounds: number;
  readonly json: string | undefined;
}

/** A command line that cannot be followed. Its message is one line. */
export class UsageError extends Error {}

const names = matches.map(({ name }) => name);

/** The text of `--help`. */
export const helpText: string = `Usage: bench [options]

Runs the same tasks through each adapter and through the library that it wraps, in turn, and prints the ratio.

  --backend NAME   adapter:kind, or an adapter for all its kinds; may repeat (${names.join(', ')}; default: all)
  --case TEXT      only cases whose name has this in it; may repeat (${cases.map(({ name }) => `'${name}'`).join(', ')})
  --workers N      workers of each pool, but for the libraries with their own settings (default 2)
  --rounds N       how often each case is measured (default 60); fewer where rounds are long
  --json FILE      write every figure to FILE
  --help           print this
`;

const flags = {
  backend: { type: 'string', multiple: true },
  case: { type: 'string', multiple: true },
  workers: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '60' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Reads the command line; undefined means that only the help is wanted. Throws a {@link UsageError}. */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const values = parse(argv);
  if (values.help === true) return undefined;
  return {
    matches: chosen(values.backend, names, (name, wanted) => name === wanted || name.startsWith(`${wanted}:`)),
    cases: chosen(
      values.case,
      cases.map(({ name }) => name),
      (name, wanted) => name.includes(wanted),
    ),
    workers: whole('--workers', values.workers),
    rounds: whole('--rounds', values.rounds),
    json: values.json,
  };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function chosen(
  wanted: readonly string[] | undefined,
  all: readonly string[],
  means: (name: string, wanted: string) => boolean,
): readonly string[] {
  if (wanted === undefined) return all;
  const nothing = wanted.find((one) => !all.some((name) => means(name, one)));
  if (nothing !== undefined) throw new UsageError(`there is no '${nothing}'; there are ${all.join('; ')}`);
  return all.filter((name) => wanted.some((one) => means(name, one)));
}

function whole(flag: string, text: string | undefined): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new UsageError(`${flag} must be a whole number from 1, got '${String(text)}'`);
  return number;
}
