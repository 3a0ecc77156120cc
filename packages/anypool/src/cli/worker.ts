import type { WorkerHost, WorkerHostStats } from '@anypool/bullmq';
import type { Executor } from '@anypool/core';
import { loadingFailure } from '../loading-failure.js';
import { openExecutor } from '../open-executor.js';
import { CommandError, inOneLine } from './command-error.js';
import type { WorkerCommand } from './options.js';

/** What a worker tells of itself. */
export type WorkerEvent =
  | {
      readonly event: 'ready';
      readonly host: string;
      readonly queue: string;
      readonly tasks: readonly string[];
      readonly concurrency: number;
    }
  | ({ readonly event: 'health' } & WorkerHostStats)
  | { readonly event: 'draining'; readonly running: number }
  | {
      readonly event: 'closed';
      readonly completed: number;
      readonly refused: number;
      /** Tasks that still ran after `drainTimeout`. */
      readonly cut: number;
    };

/** What a drain may take, in ms: by its tasks, and by the host after them, which would wait for a Redis that is gone. */
interface DrainLimits {
  readonly tasks: number;
  readonly host: number;
}

/**
 * Runs a worker host until `ending` is aborted, and then until it has drained. Gives the exit code: 0, or 1 where tasks were cut short.
 *
 * Rejects with a {@link CommandError} for input that is wrong, and if Redis cannot be reached.
 */
export async function runWorker(
  command: WorkerCommand,
  tell: (event: WorkerEvent) => void,
  ending: AbortSignal,
): Promise<number> {
  const { createWorkerHost } = await loadBullmq();
  const executor = await asInput(() => openExecutor(command.backend, { maxWorkers: command.concurrency }));
  const host = await asInput(() => createWorkerHost({ ...command.host, executor }));
  const ended = new Promise<'ended'>((resolve) => {
    if (ending.aborted) resolve('ended');
    else ending.addEventListener('abort', () => resolve('ended'), { once: true });
  });
  const start = await within(command.startTimeout, Promise.race([ended, started(host)]));
  if (start === 'late') throw new CommandError(1, unreachable(command));
  // What it has not begun, nobody waits for.
  if (start === 'ended') return drain(host, executor, { tasks: 0, host: 1000 }, tell).catch(() => 0);
  const { queue, tasks } = command.host;
  tell({ event: 'ready', host: host.name, queue, tasks: Object.keys(tasks), concurrency: executor.maxWorkers });
  const { healthInterval } = command;
  const health =
    healthInterval > 0 ? setInterval(() => tell({ event: 'health', ...host.stats() }), healthInterval) : undefined;
  try {
    await ended;
    // Shorter than a host waits for a Redis that is gone: then it has not been closed as it should.
    return await drain(host, executor, { tasks: command.drainTimeout, host: 4500 }, tell);
  } finally {
    clearInterval(health);
  }
}

async function loadBullmq(): Promise<typeof import('@anypool/bullmq')> {
  try {
    return await import('@anypool/bullmq');
  } catch (error) {
    const { message } = loadingFailure({ name: 'bullmq', package: '@anypool/bullmq' }, error);
    throw new CommandError(2, message, { cause: error });
  }
}

/** What throws here does so over what it was given. */
async function asInput<Made>(make: () => Made | Promise<Made>): Promise<Made> {
  try {
    return await make();
  } catch (error) {
    throw new CommandError(2, inOneLine(error), { cause: error });
  }
}

async function started(host: WorkerHost): Promise<'ready'> {
  try {
    await host.ready();
    return 'ready';
  } catch (error) {
    throw new CommandError(1, `The host could not start: ${inOneLine(error)}`, { cause: error });
  }
}

function unreachable({ host, startTimeout }: WorkerCommand): string {
  // Not as it is: it may have a password.
  const { protocol, host: place, pathname } = new URL(host.connection);
  return `Redis at ${protocol}//${place}${pathname} was not to be reached in ${startTimeout} ms: it does not run there, or refuses this user.`;
}

async function drain(
  host: WorkerHost,
  executor: Executor,
  limits: DrainLimits,
  tell: (event: WorkerEvent) => void,
): Promise<number> {
  tell({ event: 'draining', running: host.stats().running });
  let cut = 0;
  const count = () => {
    cut = host.stats().running;
  };
  // Set before close() sets its own: it counts what is about to be cancelled.
  const counting =
    limits.tasks === Number.POSITIVE_INFINITY ? undefined : setTimeout(count, Math.min(limits.tasks, 2 ** 31 - 1));
  const closing = await within(limits.tasks + limits.host, host.close({ timeout: limits.tasks }));
  clearTimeout(counting);
  if (closing === 'late') {
    await executor.terminate();
    throw new CommandError(1, 'The host could not be closed: Redis is not to be reached.');
  }
  await executor.shutdown();
  const { completed, refused } = host.stats();
  tell({ event: 'closed', completed, refused, cut });
  return cut > 0 ? 1 : 0;
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | 'late'> {
  if (ms === Number.POSITIVE_INFINITY) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1), 'late');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
