import { constants } from 'node:os';
import { lessorKey } from './engine/lease.js';
import * as validate from './engine/validate.js';
import type { Executor } from './executor.js';
import { globalOnce } from './global-registry.js';
import { nextTurn } from './timers.js';

/** Options of {@link shutdownOnSignal}. */
export interface ShutdownOnSignalOptions {
  /** Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** ms after which a drain goes on as `terminate()`. Default Infinity. */
  readonly timeout?: number | undefined;
}

interface Receiver {
  received(signal: NodeJS.Signals): void;
}

interface Listening {
  readonly receivers: Set<Receiver>;
  readonly listener: () => void;
}

interface Registry {
  /** One listener for each signal, however many registrations there are: Node warns of more than ten. */
  readonly listening: Map<NodeJS.Signals, Listening>;
  readonly draining: Set<object>;
  /** The signal to be raised again when the last one has drained. */
  raise: NodeJS.Signals | undefined;
}

const registry: Registry = globalOnce('anypool.shutdown-on-signal/v1', () => ({
  listening: new Map<NodeJS.Signals, Listening>(),
  draining: new Set<object>(),
  raise: undefined,
}));

const signalList: validate.Check = {
  allowed: 'an array of one or more signal names that a process can listen to, such as SIGTERM',
  type: 'object',
  accepts: (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isSignal),
};

function isSignal(name: unknown): boolean {
  return typeof name === 'string' && Object.hasOwn(constants.signals, name) && name !== 'SIGKILL' && name !== 'SIGSTOP';
}

/**
 * Shuts the executors down when the process gets one of the signals: what they have finishes, and then the process ends as by that signal.
 * A second signal terminates them at once.
 *
 * Of a lease, as `getDefaultExecutor()` gives it, the executor beneath is shut down: the process ends for everybody who shares it.
 *
 * Where somebody else listens to the signal, too, the end is theirs: `process.exitCode` is set to 128 plus the signal's number before they
 * are called, and the process is left to end by itself. Of several registrations for a signal, the last to have drained ends the process.
 * Disposing the result takes the listeners away; during a drain, that goes on, and the process with it.
 *
 * For the main thread: Node gives signals to no other. Ctrl-C in a terminal reaches worker processes as well, which leave it to this one;
 * a service manager that sends SIGTERM to each process by itself ends them (systemd does; `KillMode=mixed` tells it to ask this one).
 *
 * Throws TypeError or RangeError for what are no executors, and for bad options.
 *
 * @example
 * ```ts
 * shutdownOnSignal(executor, { timeout: 10_000 });
 * ```
 *
 * @example
 * A server whose responses need tasks: the process ends by itself, when its last connection and the executor are closed.
 *
 * ```ts
 * process.on('SIGTERM', () => server.close());
 * shutdownOnSignal(executor, { signals: ['SIGTERM'] });
 * ```
 */
export function shutdownOnSignal(
  executors: Executor | readonly Executor[],
  options: ShutdownOnSignalOptions = {},
): Disposable {
  const where = 'shutdownOnSignal';
  const list = isList(executors) ? [...executors] : [executors];
  for (const executor of list) {
    if (!validate.isExecutor(executor))
      throw new TypeError(
        `${where}: executors must be an executor or an array of them, got ${validate.shown(executor)}.`,
      );
  }
  validate.checkOptions(where, options, { signals: signalList, timeout: validate.duration });
  const { signals = ['SIGTERM', 'SIGINT'], timeout = Number.POSITIVE_INFINITY } = options;
  return new SignalShutdown(list.map(beneath), new Set(signals), timeout);
}

class SignalShutdown implements Disposable, Receiver {
  readonly #executors: readonly Executor[];
  readonly #signals: ReadonlySet<NodeJS.Signals>;
  readonly #timeout: number;
  #isDraining = false;
  #isDisposed = false;

  constructor(executors: readonly Executor[], signals: ReadonlySet<NodeJS.Signals>, timeout: number) {
    this.#executors = executors;
    this.#signals = signals;
    this.#timeout = timeout;
    for (const signal of signals) listen(signal, this);
  }

  received(signal: NodeJS.Signals): void {
    if (this.#isDraining) void this.#all((executor) => executor.terminate());
    else void this.#drain(signal);
  }

  async #drain(signal: NodeJS.Signals): Promise<void> {
    this.#isDraining = true;
    registry.draining.add(this);
    let isTheirs = hasOtherListeners(signal);
    if (isTheirs) process.exitCode = exitCodeOf(signal);
    await this.#all((executor) => executor.shutdown({ timeout: this.#timeout }));
    // What was waiting for the last results goes first.
    await nextTurn();
    this.#unlisten();
    registry.draining.delete(this);
    if (!isTheirs && hasOtherListeners(signal)) {
      isTheirs = true;
      process.exitCode ??= exitCodeOf(signal);
    }
    if (!isTheirs && !this.#isDisposed) registry.raise ??= signal;
    if (registry.raise === undefined || registry.draining.size > 0) return;
    const raised = registry.raise;
    registry.raise = undefined;
    raise(raised);
  }

  async #all(end: (executor: Executor) => Promise<void>): Promise<void> {
    await Promise.allSettled(this.#executors.map(async (executor) => end(executor)));
  }

  #unlisten(): void {
    for (const signal of this.#signals) unlisten(signal, this);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#unlisten();
  }
}

function listen(signal: NodeJS.Signals, receiver: Receiver): void {
  const known = registry.listening.get(signal);
  if (known !== undefined) {
    known.receivers.add(receiver);
    return;
  }
  const receivers = new Set([receiver]);
  const listener = (): void => {
    for (const each of [...receivers]) each.received(signal);
  };
  registry.listening.set(signal, { receivers, listener });
  // Before the others: a `once` listener of theirs is gone when it has been called, and would not be seen.
  process.prependListener(signal, listener);
}

function unlisten(signal: NodeJS.Signals, receiver: Receiver): void {
  const known = registry.listening.get(signal);
  if (known === undefined || !known.receivers.delete(receiver) || known.receivers.size > 0) return;
  registry.listening.delete(signal);
  process.off(signal, known.listener);
}

function hasOtherListeners(signal: NodeJS.Signals): boolean {
  const ours = registry.listening.get(signal)?.listener;
  return process.listeners(signal).some((listener) => listener !== ours);
}

function raise(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
  // To process 1 of a container, the kernel brings no signal that it does not listen to.
  if (process.pid === 1) process.exit(exitCodeOf(signal));
}

function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function beneath(executor: Executor & { readonly [lessorKey]?: Executor | undefined }): Executor {
  return executor[lessorKey] ?? executor;
}

function isList(executors: Executor | readonly Executor[]): executors is readonly Executor[] {
  return Array.isArray(executors);
}
