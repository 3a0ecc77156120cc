import type { Call, ControlMessage, Outcome, WorkerMessage } from '../backend-types.js';
import { cancelCell, claimCell } from '../cells.js';
import { NotCloneableError } from '../errors.js';
import { decodeError, encodeError } from '../values/error-codec.js';
import { type Carrier, type Obstacle, prepare } from '../values/inspect.js';
import { applyPatches } from '../values/patches.js';
import { inContext } from './enter-context.js';
import { findFunction, importModule, type TaskFunction, type TaskTarget } from './load-module.js';
import { type TaskContext, taskContexts } from './task-context.js';
import type { WorkerIdentity } from './worker-state.js';

/** A worker's way to core while it serves calls: messages out, control messages in. */
export interface ServeChannel {
  post(message: WorkerMessage): void;
  onControl(listener: (message: ControlMessage) => void): void;
}

const noClasses = new Map();

/** The running call as the worker sees it: what `taskContext()` gives to the task. */
class RunningCall implements TaskContext {
  readonly taskId: number;
  readonly #identity: WorkerIdentity;
  readonly #channel: ServeChannel;
  #controller: AbortController | undefined;
  #cancelled = false;
  #reason: unknown;
  /** How many messages about this call have gone to core. */
  sent = 0;
  ended = false;

  constructor(call: Call, channel: ServeChannel, identity: WorkerIdentity) {
    this.taskId = call.id;
    this.#channel = channel;
    this.#identity = identity;
  }

  get executor(): string {
    return this.#identity.executor;
  }

  get carrier(): Carrier {
    return this.#identity.carrier;
  }

  get kind(): TaskContext['kind'] {
    return this.#identity.kind;
  }

  get workerId(): number {
    return this.#identity.workerId;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get cancelled(): boolean {
    const { cells } = this.#identity;
    return this.#cancelled || (cells !== undefined && Atomics.load(cells, cancelCell) === (this.taskId | 0));
  }

  control(message: ControlMessage): void {
    if (message.id !== this.taskId || message.type !== 'cancel' || this.#cancelled) return;
    this.#cancelled = true;
    this.#reason = decodeError(message.reason, noClasses);
    this.#controller?.abort(this.#reason);
  }

  report(value: unknown): void {
    if (this.ended) return;
    const prepared = prepare(value, 'value', this.#identity.carrier);
    if ('obstacle' in prepared) {
      const { path, what, cause } = prepared.obstacle;
      throw new NotCloneableError(`report() cannot send ${path}: it is ${what}.`, { path, side: 'result', cause });
    }
    try {
      this.post({ type: 'report', id: this.taskId, ...prepared });
    } catch (cause) {
      throw new NotCloneableError('report() cannot send value.', { path: 'value', side: 'result', cause });
    }
  }

  post(message: WorkerMessage): void {
    this.#channel.post(message);
    // Only what really went: core waits for as many.
    this.sent += 1;
  }
}

/** Whether the call that this context belongs to is over. */
export function isEnded(context: TaskContext): boolean {
  return context instanceof RunningCall && context.ended;
}

let serving = 0;
let begun = 0;

/** Whether a call is being run in this thread. */
export function isServing(): boolean {
  return serving > 0;
}

/** The call that this thread began last, as {@link claimCell} has it. */
export function lastBegun(): number {
  return begun;
}

/**
 * Runs a call in the worker that received it, and gives its outcome: the same for every adapter, thread or process, which is why
 * errors, values and contexts are the same there too. Never throws or rejects.
 *
 * A task that returned its value has its outcome at once, not a promise of it: for small tasks, promises would be most of the work.
 */
export function serveAs(
  identity: WorkerIdentity,
  call: Call,
  channel: ServeChannel,
  target: TaskTarget = { module: call.module, name: call.name },
): Outcome | Promise<Outcome> {
  const running = new RunningCall(call, channel, identity);
  channel.onControl((message) => running.control(message));
  serving += 1;
  // An inline executor inside this worker has ids of its own, which say nothing of the worker's calls.
  if (identity.kind !== 'inline') {
    begun = call.id | 0;
    if (identity.cells !== undefined) Atomics.store(identity.cells, claimCell, begun);
  }
  try {
    const task = findFunction(target);
    if (task === undefined) return afterImport(running, call, target);
    const value = start(running, call, task);
    return isThenable(value) ? whenSettled(running, call, value) : fulfilled(running, call, value);
  } catch (error) {
    return failed(running, error);
  }
}

async function afterImport(running: RunningCall, call: Call, target: TaskTarget): Promise<Outcome> {
  try {
    await importModule(call.module);
    const task = findFunction(target);
    if (task === undefined) throw new Error(`${call.module} is still being imported.`);
    return fulfilled(running, call, await start(running, call, task));
  } catch (error) {
    return failed(running, error);
  }
}

async function whenSettled(running: RunningCall, call: Call, value: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return fulfilled(running, call, await value);
  } catch (error) {
    return failed(running, error);
  }
}

function start(running: RunningCall, call: Call, task: TaskFunction): unknown {
  if (call.announce) running.post({ type: 'started', id: call.id });
  if (call.patches !== undefined) applyPatches(call.args, call.patches);
  const entered = inContext(call, task);
  if (running.kind === 'inline') return taskContexts.run(running, entered, ...call.args);
  // Not run(), whose way back costs as much as its way in: in a worker's turn nothing follows but the reply, and the next call enters its own.
  taskContexts.enterWith(running);
  return entered(...call.args);
}

// Without reading `then`, which may be a getter: that is for the one who awaits it.
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && 'then' in value;
}

function fulfilled(running: RunningCall, call: Call, value: unknown): Outcome {
  // Checked here and not left to the send: a library whose send fails in the worker loses the reply, the worker, or both (V3).
  const prepared = prepare(value, 'result', running.carrier);
  if ('obstacle' in prepared) throw notCloneableResult(call, prepared.obstacle);
  end(running);
  const { value: sendable, patches } = prepared;
  const { id } = call;
  const { sent } = running;
  return patches === undefined ? { id, sent, value: sendable } : { id, sent, value: sendable, patches };
}

function failed(running: RunningCall, error: unknown): Outcome {
  const encoded = encodeError(error, running.carrier);
  end(running);
  return { id: running.taskId, sent: running.sent, error: encoded };
}

function end(running: RunningCall): void {
  running.ended = true;
  serving -= 1;
}

function notCloneableResult(call: Call, { path, what, cause }: Obstacle): NotCloneableError {
  const message = `Task '${call.name}' returned what cannot be sent back: ${path} is ${what}. Return plain data instead.`;
  return new NotCloneableError(message, { path, side: 'result', cause });
}
