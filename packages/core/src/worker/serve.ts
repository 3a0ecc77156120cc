import type { Transferable } from 'node:worker_threads';
import type { Behalf, Call, ControlMessage, Outcome, WorkerMessage } from '../backend-types.js';
import { cancelCell, claimCell } from '../cells.js';
import { NotCloneableError } from '../errors.js';
import { nextTurn } from '../timers.js';
import { type Carrier, plainest } from '../values/carrier.js';
import { decodeError, encodeError } from '../values/error-codec.js';
import type { Obstacle } from '../values/inspect.js';
import { applyPatches } from '../values/patches.js';
import type { Prepared } from '../values/prepare.js';
import { prepareValue } from '../values/sendable.js';
import { inContext } from './enter-context.js';
import { findFunction, importModule, isImported, type TaskFunction, type TaskTarget } from './load-module.js';
import { inOwnScope } from './own-scope.js';
import { Production } from './production.js';
import { serveChunk } from './serve-chunk.js';
import { type TaskContext, taskContexts } from './task-context.js';
import type { WorkerIdentity } from './worker-state.js';

/** A worker's way to core while it serves calls: messages out, control messages in. */
export interface ServeChannel {
  /** Sends a message to core, with what of it is moved; the list is empty or absent unless the worker was opened with `transfer`. */
  post(message: WorkerMessage, transferList?: readonly Transferable[]): void;
  onControl(listener: (message: ControlMessage) => void): void;
}

const noClasses = new Map();

/** The running call as the worker sees it: what `taskContext()` gives to the task. */
export class RunningCall implements TaskContext {
  /** What core calls it here; see {@link taskId}. */
  readonly id: number;
  readonly #behalf: Behalf | undefined;
  readonly #identity: WorkerIdentity;
  readonly #channel: ServeChannel;
  #controller: AbortController | undefined;
  #cancelled = false;
  #reason: unknown;
  /** Whether nobody wants what of a chunk has not begun. Told perhaps while the task's module is still being imported. */
  withdrawn = false;
  /** How many messages about this call have gone to core. */
  sent = 0;
  ended = false;
  /** The items of a stream's call. */
  production: Production | undefined;

  constructor(call: Call, channel: ServeChannel, identity: WorkerIdentity) {
    this.id = call.id;
    this.#behalf = call.behalf;
    this.#channel = channel;
    this.#identity = identity;
  }

  get taskId(): number {
    return this.#behalf?.id ?? this.id;
  }

  get executor(): string {
    return (this.#behalf ?? this.#identity).executor;
  }

  /** That of a relayed call is the network, whatever kind of worker runs it. */
  get carrier(): Carrier {
    return this.#behalf === undefined ? this.#identity.carrier : plainest;
  }

  get kind(): TaskContext['kind'] {
    return (this.#behalf ?? this.#identity).kind;
  }

  get workerId(): number {
    return (this.#behalf ?? this.#identity).workerId;
  }

  /** Whether the caller's own thread runs it. */
  get isInline(): boolean {
    return this.#identity.kind === 'inline';
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
    return this.#cancelled || (cells !== undefined && Atomics.load(cells, cancelCell) === (this.id | 0));
  }

  control(message: ControlMessage): void {
    if (message.id !== this.id) return;
    if (message.type === 'credit') this.production?.grant(message.items);
    if (message.type === 'withdraw') this.withdrawn = true;
    if (message.type !== 'cancel' || this.#cancelled) return;
    this.#cancelled = true;
    this.#reason = decodeError(message.reason, noClasses);
    inOwnScope(() => this.#controller?.abort(this.#reason));
    this.production?.cancel();
  }

  /** By itself, too: a task may take it out of its context. */
  get report(): TaskContext['report'] {
    return (value) => this.#report(value);
  }

  #report(value: unknown): void {
    if (this.ended) return;
    const prepared = prepareValue(value, 'value', this.carrier);
    if ('obstacle' in prepared) {
      const { path, what, cause } = prepared.obstacle;
      throw new NotCloneableError(`report() cannot send ${path}: it is ${what}.`, { path, side: 'result', cause });
    }
    this.#send('report', prepared, (cause) => {
      return new NotCloneableError('report() cannot send value.', { path: 'value', side: 'result', cause });
    });
  }

  /** Sends a value ahead of the outcome: an item, or a result that is moved. */
  item(prepared: Sendable, name: string, task: string): void {
    this.#send('item', prepared, (cause) =>
      notCloneable(task, { path: name, what: 'a value that cannot be sent', cause }),
    );
  }

  #send(type: 'report' | 'item', { value, patches, transferList }: Sendable, refused: (cause: unknown) => Error): void {
    const message = { type, id: this.id, value, ...(patches && { patches }) };
    try {
      this.post(message, transferList);
    } catch (cause) {
      throw refused(cause);
    }
  }

  post(message: WorkerMessage, transferList?: readonly Transferable[]): void {
    this.#channel.post(message, transferList);
    // Only what really went: core waits for as many.
    this.sent += 1;
  }
}

type Sendable = Exclude<Prepared<unknown>, { readonly obstacle: Obstacle }>;

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
  if (!isImported(target)) return afterImport(identity, running, call, channel, target);
  begin(identity, call);
  try {
    return run(identity, running, call, channel, target);
  } catch (error) {
    return failed(running, error);
  }
}

async function afterImport(
  identity: WorkerIdentity,
  running: RunningCall,
  call: Call,
  channel: ServeChannel,
  target: TaskTarget,
): Promise<Outcome> {
  // What the task before has left to be done may end this worker: first, while that costs nobody his task (W3).
  await nextTurn();
  begin(identity, call);
  try {
    await importModule(call.module);
    return await run(identity, running, call, channel, target);
  } catch (error) {
    return failed(running, error);
  }
}

/** From here on, no other worker can be given the call. */
function begin({ kind, cells }: WorkerIdentity, call: Call): void {
  serving += 1;
  // An inline executor inside this worker has ids of its own, which say nothing of the worker's calls.
  if (kind === 'inline') return;
  begun = call.id | 0;
  if (cells !== undefined) Atomics.store(cells, claimCell, begun);
}

function run(
  identity: WorkerIdentity,
  running: RunningCall,
  call: Call,
  channel: ServeChannel,
  target: TaskTarget,
): Outcome | Promise<Outcome> {
  const task = findFunction(target);
  if (call.chunk !== undefined) return serveChunk(running, call, call.chunk, identity, channel, target);
  // Whoever only listens would never hear of a cancel that came before, and a synchronous task would hold its worker for the grace (C1, C2).
  if (running.cancelled) return uncalled(running);
  const value = completed(running, call, start(running, call, task));
  return isThenable(value) ? whenSettled(running, call, value) : fulfilled(running, call, value);
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
  return inOwnScope(() => {
    if (running.isInline) return taskContexts.run(running, entered, ...call.args);
    // Not run(), whose way back costs as much as its way in: in a worker's turn nothing follows but the reply, and the next call enters its own.
    taskContexts.enterWith(running);
    return entered(...call.args);
  });
}

/** What the outcome waits for: the task's own value, or, of a stream's call, that all its items are made. */
function completed(running: RunningCall, call: Call, value: unknown): unknown {
  if (call.credit === undefined) return value;
  const production = new Production(running, call.credit, (item) => {
    const prepared = prepareValue(item, 'item', running.carrier);
    if ('obstacle' in prepared) throw notCloneable(call.name, prepared.obstacle);
    running.item(prepared, 'item', call.name);
  });
  running.production = production;
  return production.run(call.name, value);
}

// Without reading `then`, which may be a getter: that is for the one who awaits it.
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return ((typeof value === 'object' && value !== null) || typeof value === 'function') && 'then' in value;
}

function fulfilled(running: RunningCall, call: Call, value: unknown): Outcome {
  // Checked here and not left to the send: a library whose send fails in the worker loses the reply, the worker, or both (V3).
  const prepared = prepareValue(value, 'result', running.carrier);
  if ('obstacle' in prepared) throw notCloneable(call.name, prepared.obstacle);
  const { value: sendable, patches, transferList } = prepared;
  if (transferList !== undefined) running.item(prepared, 'result', call.name);
  end(running);
  const { id } = call;
  const { sent } = running;
  if (transferList !== undefined) return { id, sent, moved: true };
  return patches === undefined ? { id, sent, value: sendable } : { id, sent, value: sendable, patches };
}

/** Its Future has settled. */
function uncalled(running: RunningCall): Outcome {
  end(running);
  return { id: running.id, sent: running.sent, value: undefined };
}

export function failed(running: RunningCall, error: unknown): Outcome {
  const encoded = encodeError(error, running.carrier);
  end(running);
  return { id: running.id, sent: running.sent, error: encoded };
}

export function end(running: RunningCall): void {
  running.ended = true;
  serving -= 1;
}

export function notCloneable(task: string, { path, what, cause }: Obstacle): NotCloneableError {
  const gave = path.startsWith('item') ? 'made an item that' : 'returned what';
  const message = `Task '${task}' ${gave} cannot be sent back: ${path} is ${what}. Give plain data instead.`;
  return new NotCloneableError(message, { path, side: 'result', cause });
}
