import { parseArgs } from 'node:util';
import { targets } from './targets.js';

/** What the command line asked for. */
export interface CompareOptions {
  readonly targets: readonly string[];
  /** None: all. */
  readonly rules: readonly string[];
  readonly timeScale: number;
  readonly minutes: number;
  readonly jobs: number;
  readonly confirm: boolean;
  /** Files with the reports of earlier runs. */
  readonly from: readonly string[];
  readonly json: string | undefined;
  readonly updateReadme: boolean;
}

/** A command line that cannot be followed. Its message is one line. */
export class UsageError extends Error {}

const names = targets.map(({ name }) => name);

/** The text of `--help`. */
export const helpText: string = `Usage: conformance:compare [options]

Runs the conformance suite on bare pool libraries and on the adapters, and prints what each keeps of the rules.

  --target NAME    such as raw/tinypool:thread, or a part of it; may repeat (${names.join(', ')}; default: all)
  --rule ID        only the cases of this rule; may repeat (default: all)
  --time-scale N   how much of a case's time a bare library gets (default 0.25)
  --minutes N      begin no case after so many minutes (default 180)
  --jobs N         cases side by side (default 2)
  --confirm        run what hung in less than its whole time once more, with all of it, also of --from
  --from FILE      take targets from the JSON of an earlier run, and run only the others that --target names; may repeat
  --json FILE      write every case to FILE
  --update-readme  write the tables to README.md and docs/compare.md; needs all targets and all rules
  --help           print this
`;

const flags = {
  target: { type: 'string', multiple: true },
  rule: { type: 'string', multiple: true },
  'time-scale': { type: 'string', default: '0.25' },
  minutes: { type: 'string', default: '180' },
  jobs: { type: 'string', default: '2' },
  confirm: { type: 'boolean', default: false },
  from: { type: 'string', multiple: true },
  json: { type: 'string' },
  'update-readme': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; undefined means that only the help is wanted. Throws a {@link UsageError}. */
export function readOptions(argv: readonly string[], rules: readonly string[]): CompareOptions | undefined {
  const values = parse(argv);
  if (values.help === true) return undefined;
  const from = values.from ?? [];
  for (const rule of values.rule ?? []) if (!rules.includes(rule)) throw new UsageError(`there is no rule '${rule}'`);
  if (values['update-readme'] === true && values.rule !== undefined)
    throw new UsageError('--update-readme is for all rules; leave --rule out');
  return {
    // With the results of earlier runs, only what is named is run again.
    targets: values.target === undefined && from.length > 0 ? [] : chosen(values.target),
    rules: values.rule ?? [],
    timeScale: positive('--time-scale', values['time-scale']),
    minutes: positive('--minutes', values.minutes),
    jobs: Math.ceil(positive('--jobs', values.jobs)),
    confirm: values.confirm === true,
    from,
    json: values.json,
    updateReadme: values['update-readme'] === true,
  };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

function chosen(wanted: readonly string[] = ['']): string[] {
  for (const part of wanted)
    if (!names.some((name) => name.includes(part)))
      throw new UsageError(`there is no target '${part}'; there are ${names.join(', ')}`);
  return names.filter((name) => wanted.some((part) => name.includes(part)));
}

function positive(flag: string, text: string | undefined): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new UsageError(`${flag} must be a positive number, got '${text}'`);
  return value;
}
