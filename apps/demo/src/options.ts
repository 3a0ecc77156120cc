import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selectTargets, targetNames } from './backends.js';

/** What the command line asked for. */
export interface DemoOptions {
  readonly targets: readonly string[];
  /** The folder whose files are the work. */
  readonly input: string;
  /** Whether the folder is the default one, of which only the first files are taken. */
  readonly bounded: boolean;
  readonly json: string | undefined;
}

/** A command line that cannot be followed. Its message is one line. */
export class UsageError extends Error {}

/** The text of `--help`. */
export function helpText(): string {
  return `Usage: demo [options]

Runs real work, exceptions, shutdown and default-pool sharing on every backend, and checks what comes of it.

  --backend NAME   adapter:kind, or an adapter for all its kinds; may repeat, or be a list with commas
                   (${targetNames().join(', ')}; default: all but bullmq, which needs Redis: REDIS_URL, or 127.0.0.1:6379)
  --input DIR      work on all files in DIR, in place of some thousand of the workspace's node_modules
  --json FILE      write everything that was measured and checked to FILE
  --help           print this

Exit code: 0 if every check held, 1 if one failed, 2 for a wrong command line.
`;
}

const flags = {
  backend: { type: 'string', multiple: true },
  input: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Reads the command line; undefined means that only the help is wanted. Throws a {@link UsageError}. */
export async function readOptions(argv: readonly string[]): Promise<DemoOptions | undefined> {
  const values = parse(argv);
  if (values.help === true) return undefined;
  const json = values.json === undefined ? undefined : resolve(values.json);
  // Found out now rather than after a minute's work.
  if (json !== undefined) await requireFile(json);
  const input = values.input === undefined ? installedFiles() : resolve(values.input);
  await requireFolder(input, '--input');
  return { targets: targetsOf(values.backend ?? []), input, bounded: values.input === undefined, json };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: flags, strict: true }).values;
  } catch (error) {
    throw usageError(error);
  }
}

function targetsOf(values: readonly string[]): readonly string[] {
  const specifications = values.flatMap((value) => value.split(',')).map((value) => value.trim());
  try {
    return selectTargets(specifications);
  } catch (error) {
    throw usageError(error);
  }
}

function usageError(error: unknown): UsageError {
  const [firstLine = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new UsageError(firstLine);
}

/** The files that `pnpm install` brought: some thousands, and the same on every machine. */
function installedFiles(): string {
  return fileURLToPath(new URL('../../../node_modules', import.meta.url));
}

async function requireFolder(path: string, option: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new UsageError(`${option}: there is no folder ${path}`);
  if (!found.isDirectory()) throw new UsageError(`${option}: ${path} is not a folder`);
}

async function requireFile(path: string): Promise<void> {
  await requireFolder(dirname(path), '--json');
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw new UsageError(`--json: ${path} is a folder`);
}
