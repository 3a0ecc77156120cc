import { parseArgs } from 'node:util';
import type { Case } from './cases/case.js';
import { casesFor } from './cases/cases.js';
import { type Contender, contenders } from './contenders/contenders.js';
import { UsageError } from './usage-error.js';

/** What the command line asked for. */
export interface BenchOptions {
  readonly contenders: readonly Contender[];
  readonly cases: readonly Case[];
  readonly workers: number;
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  readonly html: string | undefined;
  /** Figures to use in place of measuring. */
  readonly from: string | undefined;
  /** Figures to compare with. */
  readonly compare: string | undefined;
}

const backends = [...new Set(contenders.map(({ backend }) => backend))];

/** The text of `--help`. */
export const helpText: string = `Usage: bench [options]

Runs the same tasks through each adapter, through the library that it wraps and through Node's own messages, in turn, and prints the figures,
what they are to each other, and which targets are met.

  --backend NAME   only these; may repeat: a backend (${backends.join(', ')}),
                   or a part before the colon for all its kinds; or bullmq alone, which needs Redis and has cases of its own
  --case TEXT      only cases whose id, title or group has this in it; may repeat (${casesFor(2)
    .map(({ id }) => id)
    .join(', ')})
  --workers N      workers of each pool, but for the libraries with their own settings (default 2)
  --rounds N       how often each case is measured (default 12); slow ones less often
  --quick          a tenth of each case, in two rounds: whether it works, not how fast it is
  --json FILE      write every figure to FILE
  --markdown FILE  write the tables to FILE
  --html FILE      write a page with plots to FILE
  --compare FILE   hold the figures against those that --json wrote to FILE; exit code 1 if any is worse
  --from FILE      measure nothing: take the figures that --json wrote to FILE
  --help           print this
`;

const flags = {
  backend: { type: 'string', multiple: true },
  case: { type: 'string', multiple: true },
  workers: { type: 'string', default: '2' },
  rounds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  markdown: { type: 'string' },
  html: { type: 'string' },
  compare: { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** What the command line asked for, where it is about remote executors. */
export interface RemoteOptions {
  readonly remote: true;
  readonly rounds: number;
  readonly quick: boolean;
}

/** Reads the command line; undefined means that only the help is wanted. Throws a {@link UsageError}. */
export function readOptions(argv: readonly string[]): BenchOptions | RemoteOptions | undefined {
  const values = parse(argv);
  if (values.help === true) return undefined;
  if (values.backend?.includes('bullmq')) return remoteOptions(values);
  const workers = whole('--workers', values.workers);
  const { quick = false, json, markdown, html, compare, from } = values;
  return {
    contenders: chosen(values.backend, contenders, ({ backend }) => backend, 'backend', isNamed),
    cases: chosen(values.case, casesFor(workers), ({ id }) => id, 'case', isAbout),
    workers,
    rounds: whole('--rounds', values.rounds ?? (quick ? '2' : '12')),
    quick,
    json,
    markdown,
    html,
    compare,
    from,
  };
}

function remoteOptions(values: ReturnType<typeof parse>): RemoteOptions {
  const { backend, quick = false, rounds, ...others } = values;
  const [other] = Object.keys(others).filter((flag) => flag !== 'workers');
  if (backend?.length !== 1 || other !== undefined)
    throw new UsageError('--backend bullmq is measured by itself, with --rounds and --quick alone');
  return { remote: true, rounds: whole('--rounds', rounds ?? (quick ? '1' : '6')), quick };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function isNamed({ backend }: Contender, wanted: string): boolean {
  return backend === wanted || backend.startsWith(`${wanted}:`);
}

function isAbout({ id, title, group }: Case, wanted: string): boolean {
  return [id, title, group].some((text) => text.includes(wanted));
}

function chosen<T>(
  wanted: readonly string[] | undefined,
  all: readonly T[],
  nameOf: (one: T) => string,
  what: string,
  means: (one: T, wanted: string) => boolean,
): readonly T[] {
  if (wanted === undefined) return all;
  const nothing = wanted.find((text) => !all.some((one) => means(one, text)));
  if (nothing !== undefined)
    throw new UsageError(`there is no ${what} '${nothing}'; there are ${[...new Set(all.map(nameOf))].join(', ')}`);
  return all.filter((one) => wanted.some((text) => means(one, text)));
}

function whole(flag: string, text: string | undefined): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new UsageError(`${flag} must be a whole number from 1, got '${String(text)}'`);
  return number;
}
