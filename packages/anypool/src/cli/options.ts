import { parseArgs } from 'node:util';
import type { WorkerHostOptions } from '@anypool/bullmq';
import { CommandError, inOneLine } from './command-error.js';
import { secretsOf } from './secrets.js';
import { taskModules } from './task-modules.js';

/** What `--help` prints. */
export const usage = `Usage: anypool worker --queue NAME --tasks [NAME=]FILE [options]

Runs the tasks that executors of @anypool/bullmq submit to a queue in Redis. On SIGTERM or SIGINT it takes no more of them, finishes those
that it has, and ends; on a second signal it ends at once. What happens is told on stdout, an event a line, as JSON.

  --queue NAME           the queue, as the executors name it
  --tasks [NAME=]FILE    a task module that may be run; its name is the file's without the extension, or NAME. May be given several times.
                         Also built-in modules: node:zlib
  --backend NAME         what runs the tasks, such as native:thread or workerpool:process. Default: native:process
  --concurrency N        tasks that run at once, and the most workers for them. Default: what the backend has for its own
  --connection URL       where Redis is, redis:// or rediss://. Default: REDIS_URL, or redis://127.0.0.1:6379
                         A command line is no place for a password: a URL with one belongs in REDIS_URL
  --prefix TEXT          what the queue's keys in Redis begin with. Default: bull
  --secret-file FILE     secrets that calls and replies are signed with, one a line: the first signs, all are accepted.
                         Default: the one in ANYPOOL_SECRET, or none
  --name TEXT            the name of this host. Default: the machine's, and the process id
  --max-payload BYTES    the most that the arguments or the result of a task may have. Default: 16777216
  --stall-time MS        without a sign of life for so long, a host has lost its tasks. The same for all hosts of a queue. Default: 30000
  --start-timeout MS     how long it is tried to reach Redis at the start. Default: 30000
  --drain-timeout MS     after so long, tasks that still run at the end are cancelled. Default: they have the time that they take
  --health-interval MS   between two lines that say how it goes; 0: none. Default: 30000
  --health-file FILE     has the last line, for health checks: how old it is tells whether the host goes on
  --help, --version

Exit code 0: all tasks were finished; 1: tasks were cancelled at the end, or Redis was not to be reached; 2: the input is wrong, and one
line on stderr says how; 128 and the signal's number: a second signal.
`;

/** What the command line asks for. */
export interface WorkerCommand {
  /** The options of the host, but for its executor. */
  readonly host: Omit<WorkerHostOptions, 'executor' | 'connection' | 'tasks'> & {
    readonly connection: string;
    readonly tasks: Readonly<Record<string, string>>;
  };
  readonly backend: string;
  readonly concurrency: number | undefined;
  readonly startTimeout: number;
  readonly drainTimeout: number;
  readonly healthInterval: number;
  readonly healthFile: string | undefined;
}

/** Where a command is called. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** The longest that a timer can take. */
const longest = 2 ** 31 - 1;

/** Reads a command line. Throws a {@link CommandError} over one that is wrong. */
export function commandOf(args: readonly string[], { env, folder }: Surroundings): WorkerCommand | 'help' | 'version' {
  const { positionals, values } = parsed(args);
  if (values.help) return 'help';
  if (values.version) return 'version';
  const [command, ...others] = positionals;
  if (command === undefined) throw new CommandError(2, 'There is no command; there is worker, see --help.');
  if (command !== 'worker') throw new CommandError(2, `There is no command '${command}'; there is worker, see --help.`);
  if (others.length > 0) throw new CommandError(2, `'${others.join(' ')}' belongs to no option; see --help.`);
  const { queue, tasks = [], name, prefix } = values;
  if (queue === undefined) throw new CommandError(2, 'There is no --queue; see --help.');
  if (tasks.length === 0)
    throw new CommandError(2, 'There is no --tasks: a host runs only the modules that it is given; see --help.');
  const healthInterval = whole('--health-interval', values['health-interval'], 0, longest) ?? 30_000;
  const healthFile = values['health-file'];
  if (healthFile !== undefined && healthInterval === 0)
    throw new CommandError(2, '--health-file would not be renewed: --health-interval is 0.');
  return {
    host: {
      connection: connectionOf(values.connection, env['REDIS_URL']),
      queue,
      tasks: taskModules(tasks, folder),
      prefix,
      name,
      secret: secretsOf(values['secret-file'], env['ANYPOOL_SECRET'], folder),
      maxPayload: whole('--max-payload', values['max-payload'], 1),
      stallTime: whole('--stall-time', values['stall-time'], 1, longest),
    },
    backend: values.backend ?? 'native:process',
    concurrency: whole('--concurrency', values.concurrency, 1),
    startTimeout: whole('--start-timeout', values['start-timeout'], 1, longest) ?? 30_000,
    drainTimeout: whole('--drain-timeout', values['drain-timeout'], 0, longest) ?? Number.POSITIVE_INFINITY,
    healthInterval,
    healthFile,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        queue: { type: 'string' },
        tasks: { type: 'string', multiple: true },
        backend: { type: 'string' },
        concurrency: { type: 'string' },
        connection: { type: 'string' },
        prefix: { type: 'string' },
        'secret-file': { type: 'string' },
        name: { type: 'string' },
        'max-payload': { type: 'string' },
        'stall-time': { type: 'string' },
        'start-timeout': { type: 'string' },
        'drain-timeout': { type: 'string' },
        'health-interval': { type: 'string' },
        'health-file': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new CommandError(2, `${inOneLine(error)} See --help.`, { cause: error });
  }
}

function whole(
  option: string,
  text: string | undefined,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new CommandError(2, `${option}: expected a whole number ${range}, got '${text}'.`);
}

// Without the URL in the message: it may have a password.
function connectionOf(option: string | undefined, environment: string | undefined): string {
  const connection = option ?? environment ?? 'redis://127.0.0.1:6379';
  if (/^rediss?:\/\//.test(connection) && URL.canParse(connection)) {
    const { pathname, searchParams } = new URL(connection);
    if (/^(\/\d*)?$/.test(pathname) && /^\d+$/.test(searchParams.get('db') ?? '0')) return connection;
  }
  const source = option === undefined ? 'REDIS_URL' : '--connection';
  throw new CommandError(
    2,
    `${source}: expected a URL such as redis://127.0.0.1:6379, or redis://127.0.0.1:6379/2 for another database.`,
  );
}
