import { parseArgs } from 'node:util';
import { inOneLine, OptionError } from '../bad-input.js';
import type { CaseContext } from '../case.js';
import { conformanceCases } from '../cases/index.js';
import { type KnownGap, readKnownGaps } from '../known-gaps.js';
import { checkJobs } from '../run-conformance.js';
import { checkTimeScale } from '../time-scale.js';

/** What `--help` prints. */
export const usage = `Usage: anypool-conformance ADAPTER [options]

Runs the conformance suite against an adapter: a module that exports createExecutor(), by its path or as the name of a package.

  --kind KIND[,KIND]    thread, process, remote, inline (core's own executor). Default: thread and process, as far as the adapter offers them
  --case ID_OR_RULE     only these cases; may be given several times
  --jobs N              processes that the cases run in side by side. Default: the CPUs, at most 4
  --time-scale N        stretches all time limits, for slow machines. Default: ANYPOOL_TIME_SCALE, or 1
  --known-gaps FILE     what is known to fail: a JSON list of { rule, case?, kind?, reason, link?, version? }
  --json FILE           writes the report as JSON
  --markdown FILE       writes it as a Markdown table of rules
  --html FILE           writes it as an HTML page
  --quiet               prints nothing but what is wrong with the input
  --help, --version

Exit code 0: no failure; 1: failures; 2: the input is wrong, and one line on stderr says how.
`;

/** What the command line asks for. */
export interface Command {
  readonly adapter: string;
  readonly kinds: readonly CaseContext['kind'][] | undefined;
  readonly cases: readonly string[] | undefined;
  readonly knownGaps: readonly KnownGap[];
  readonly timeScale: number | undefined;
  readonly jobs: number;
  /** The files to be written, by their format. */
  readonly files: Readonly<Partial<Record<'json' | 'markdown' | 'html', string>>>;
  readonly quiet: boolean;
}

const kinds = ['thread', 'process', 'inline', 'remote'] as const;

/** Reads a command line. Throws an {@link OptionError} over one that is wrong. */
export function commandOf(args: readonly string[], defaultJobs: number): Command | 'help' | 'version' {
  const { positionals, values } = parsed(args);
  if (values.help) return 'help';
  if (values.version) return 'version';
  const [adapter, ...others] = positionals;
  if (adapter === undefined) throw new OptionError('There is no ADAPTER: a module, or a package; see --help.');
  if (others.length > 0) throw new OptionError(`One ADAPTER is tested at a time, got ${positionals.join(' ')}.`);
  const { json, markdown, html } = values;
  for (const [name, file] of Object.entries({ json, markdown, html }))
    if (file === '') throw new OptionError(`--${name}: expected a file, got ''.`);
  return {
    adapter,
    kinds: listed(values.kind)?.map(kindOf),
    cases: listed(values.case),
    knownGaps: values['known-gaps'] === undefined ? [] : readKnownGaps(values['known-gaps'], conformanceCases),
    timeScale:
      values['time-scale'] === undefined ? undefined : checkTimeScale(Number(values['time-scale']), '--time-scale'),
    jobs: values.jobs === undefined ? defaultJobs : checkJobs(Number(values.jobs), '--jobs'),
    files: {
      ...(json === undefined ? {} : { json }),
      ...(markdown === undefined ? {} : { markdown }),
      ...(html === undefined ? {} : { html }),
    },
    quiet: values.quiet ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kind: { type: 'string', multiple: true },
        case: { type: 'string', multiple: true },
        'time-scale': { type: 'string' },
        'known-gaps': { type: 'string' },
        jobs: { type: 'string' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        html: { type: 'string' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new OptionError(`${inOneLine(error).replace(/^TypeError: /, '')} See --help.`, { cause: error });
  }
}

function listed(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap((value) => value.split(',')).map((value) => value.trim());
}

function kindOf(value: string): CaseContext['kind'] {
  const kind = kinds.find((one) => one === value);
  if (kind === undefined) throw new OptionError(`--kind: expected ${kinds.join(', ')}, got '${value}'.`);
  return kind;
}
