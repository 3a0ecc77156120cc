import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  Backend,
  BackendWorker,
  Call,
  ControlMessage,
  Outcome,
  WorkerEvents,
  WorkerExit,
  WorkerInit,
} from './backend-types.js';
import { capabilities } from './capabilities.js';
import { createExecutorFrom } from './engine/create-executor.js';
import type { Executor } from './executor.js';
import { asNotCloneable } from './link/opening.js';
import type { ExecutorOptions } from './options.js';
import { nextTurn, now } from './timers.js';
import { runHook } from './worker/hooks.js';
import { sendOutcome } from './worker/send-outcome.js';
import { serveAs } from './worker/serve.js';
import type { WorkerIdentity } from './worker/worker-state.js';

/** Options of {@link inlineExecutor}: those that mean something without workers. */
export type InlineExecutorOptions = Omit<
  ExecutorOptions<'inline'>,
  'env' | 'argv' | 'execArgv' | 'workerEntry' | 'resourceLimits' | 'maxTasksPerWorker'
>;

/**
 * An executor that runs tasks on the caller's own thread, for tests and debugging: the same semantics, values still cloned, but a
 * synchronous task blocks the caller, and nothing can be stopped by force. Throws TypeError, RangeError or `UnsupportedOptionError` for bad
 * options.
 *
 * @example
 * ```ts
 * await using executor = inlineExecutor();
 * const small = await executor.submit(images.resize, picture, 100);
 * ```
 */
export function inlineExecutor(options: InlineExecutorOptions = {}): Executor {
  return createExecutorFrom(inlineBackend, options);
}

/** Runs a function in no caller's async context: a task elsewhere would not have one either, least of all another task's. */
const outside = AsyncLocalStorage.snapshot();

const inlineBackend: Backend = {
  name: 'inline',
  kind: 'inline',
  capabilities: capabilities({ stream: true }),
  startWorker: (init, events) => new InlineWorker(init, events),
};

class InlineWorker implements BackendWorker {
  readonly ready: Promise<void>;
  readonly prefetch = 0;
  readonly exited: Promise<WorkerExit>;
  readonly #identity: WorkerIdentity;
  readonly #init: WorkerInit;
  readonly #events: WorkerEvents;
  #control: ((message: ControlMessage) => void) | undefined;
  #last: ControlMessage | undefined;
  #exit!: (exit: WorkerExit) => void;

  constructor(init: WorkerInit, events: WorkerEvents) {
    const { executor, workerId } = init;
    this.#identity = {
      executor,
      workerId,
      kind: 'inline',
      carrier: { via: 'clone', sharedMemory: false, transfer: false },
      cells: undefined,
    };
    this.#init = init;
    this.#events = events;
    this.ready = runHook(copied(init.initializer), this.#identity);
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  async execute(call: Call): Promise<Outcome> {
    const copy = this.#copyCall(call);
    // A turn of the event loop for each task, as if it came from afar: submit() never runs one itself, and many never starve the rest.
    await nextTurn();
    const begun = now();
    const outcome = await outside(() =>
      serveAs(this.#identity, copy, {
        post: (message) => this.#events.message(structuredClone(message)),
        onControl: (listener) => {
          this.#control = listener;
          // It may have been cancelled in the turn that it waited.
          if (this.#last !== undefined) listener(this.#last);
        },
      }),
    );
    // Who held the thread held its timers: they have their turn, as a limit that is over by then comes first (C7).
    if (now() - begun >= 1) await nextTurn().then(nextTurn);
    return sendOutcome(outcome, copied, this.#identity.carrier, call.chunk !== undefined);
  }

  #copyCall(call: Call): Call {
    try {
      return { ...call, args: structuredClone(call.args) };
    } catch (cause) {
      return asNotCloneable(cause, call.args);
    }
  }

  send(message: ControlMessage): void {
    this.#last = message;
    this.#control?.(message);
  }

  stop(): void {
    void this.#finalize().then(this.kill, this.kill);
  }

  // Async, for what throws where its arguments are copied.
  async #finalize(): Promise<void> {
    await runHook(copied(this.#init.finalizer), this.#identity);
  }

  readonly kill = (): void => this.#exit({});
}

function copied<T>(value: T): T {
  return structuredClone(value);
}
