import { AsyncLocalStorage } from 'node:async_hooks';
import type { Transferable } from 'node:worker_threads';
import type { Call, ChunkOrder, ChunkResults, ControlMessage, Outcome } from '../backend-types.js';
import { clearTimeout, nextTurn, now, setTimeout } from '../timers.js';
import { type Encoded, encodeError } from '../values/error-codec.js';
import type { Patch } from '../values/inspect.js';
import { applyPatches } from '../values/patches.js';
import { isPrimitive } from '../values/primitive.js';
import { prepareValue } from '../values/sendable.js';
import { inContext } from './enter-context.js';
import { findFunction, type TaskTarget } from './load-module.js';
import { inOwnScope } from './own-scope.js';
import { isPrinting, printed } from './printed.js';
import { end, isThenable, notCloneable, RunningCall, type ServeChannel } from './serve.js';
import { taskContexts } from './task-context.js';
import type { WorkerIdentity } from './worker-state.js';

/** ms that results are kept in the worker, to go together, and that a chunk keeps the event loop from turning. */
const patience = 1;

/** Runs a call of several items, see {@link ChunkOrder}, of a task that is there. */
export function serveChunk(
  running: RunningCall,
  call: Call,
  order: ChunkOrder,
  identity: WorkerIdentity,
  channel: ServeChannel,
  target: TaskTarget,
): Outcome | Promise<Outcome> {
  if (call.announce) running.post({ type: 'started', id: call.id });
  const chunk = new ChunkRun(running, call, order, identity, target);
  channel.onControl((message) => chunk.control(message));
  return chunk.run();
}

/**
 * One chunk in its worker. It is as if each item were a call of its own: with its own context, copies of its own of what it gets and of
 * what it returns, and the event loop turning between slow ones.
 */
class ChunkRun {
  readonly #running: RunningCall;
  readonly #call: Call;
  readonly #order: ChunkOrder;
  readonly #identity: WorkerIdentity;
  readonly #target: TaskTarget;
  readonly #bound: readonly unknown[];
  readonly #items: readonly unknown[];
  readonly #patchesOf: ReadonlyMap<number, readonly Patch[]>;
  /** What a task does to other async contexts than ours is not to reach the next item. */
  readonly #apart = AsyncLocalStorage.snapshot();
  readonly #start = now();
  /** When results were sent and the event loop had its turn last. */
  #turned = this.#start;
  #next = 0;
  #values: unknown[] = [];
  #patches: [number, readonly Patch[]][] = [];
  /** What of the results is moved. */
  #transferList: Transferable[] = [];
  /** See {@link ChunkResults.slow}. */
  #slow: number[] = [];
  #failure: Encoded | undefined;
  #item: RunningCall | undefined;
  readonly #onExit = (): void => this.send();
  #timer: NodeJS.Timeout | undefined;

  constructor(running: RunningCall, call: Call, order: ChunkOrder, identity: WorkerIdentity, target: TaskTarget) {
    this.#running = running;
    this.#call = call;
    this.#order = order;
    this.#identity = identity;
    this.#target = target;
    this.#bound = call.args.slice(0, -1);
    const items = call.args.at(-1);
    this.#items = Array.isArray(items) ? items : [];
    this.#patchesOf = new Map(order.patches);
  }

  control(message: ControlMessage): void {
    this.#running.control(message);
    this.#item?.control(message);
  }

  run(): Outcome | Promise<Outcome> {
    // Inline, the process is the caller's own.
    if (this.#identity.kind !== 'inline') process.on('exit', this.#onExit);
    const waiting = this.#advance();
    return waiting === undefined ? this.#outcome() : this.#finish(waiting);
  }

  async #finish(waiting: Promise<void>): Promise<Outcome> {
    for (let next: Promise<void> | undefined = waiting; next !== undefined; next = this.#advance()) await next;
    return this.#outcome();
  }

  /** Runs items until something is to be waited for; nothing is when it gives undefined: then all is done that is to be. */
  #advance(): Promise<void> | undefined {
    for (let time = now(); this.#goesOn(time); time = this.#itemEnded(time)) {
      if (time - this.#turned >= patience) return this.#breathe();
      if (this.#order.announce && this.#next > 0 && this.#values.length > 0) {
        if (isPrinting()) return this.#breathe();
        this.send();
      }
      const item = new RunningCall(
        this.#call,
        { post: (message, transferList) => this.#running.post(message, transferList), onControl() {} },
        this.#identity,
      );
      this.#item = item;
      try {
        const value = this.#begin(item);
        if (isThenable(value)) return this.#settle(item, value, time);
        this.#keep(value);
      } catch (error) {
        this.#fail(error);
      }
      item.ended = true;
    }
    return undefined;
  }

  #goesOn(time: number): boolean {
    const { budget = Number.POSITIVE_INFINITY } = this.#order;
    if (this.#next >= this.#items.length || this.#failure !== undefined) return false;
    if (this.#running.withdrawn || this.#running.cancelled) return false;
    return this.#next === 0 || time - this.#start < budget;
  }

  #begin(item: RunningCall): unknown {
    const args = this.#argumentsOf(this.#next);
    this.#next += 1;
    const task = findFunction(this.#target);
    const run = () => taskContexts.run(item, () => inContext(this.#call, task)(...args));
    return this.#apart(() => inOwnScope(run));
  }

  // What came in one message may share objects; what comes alone never does.
  #argumentsOf(place: number): readonly unknown[] {
    let args: readonly unknown[] = [...this.#bound, this.#items[place]];
    if (this.#items.length > 1 && !args.every(isPrimitive)) args = copy(args);
    const patches = this.#patchesOf.get(place);
    if (patches !== undefined) applyPatches(args, patches);
    return args;
  }

  async #settle(item: RunningCall, value: PromiseLike<unknown>, since: number): Promise<void> {
    if (this.#values.length > 0) this.#sendLater();
    try {
      this.#keep(await value);
    } catch (error) {
      this.#fail(error);
    }
    item.ended = true;
    this.#itemEnded(since);
  }

  /** Keeps how long an item took, if that is worth it, and returns the time. */
  #itemEnded(since: number): number {
    const time = now();
    if (time - since >= patience) this.#slow.push(time - since);
    return time;
  }

  #keep(value: unknown): void {
    const prepared = prepareValue(value, 'result', this.#running.carrier);
    if ('obstacle' in prepared) throw notCloneable(this.#call.name, prepared.obstacle);
    const { value: sendable, patches, transferList } = prepared;
    if (patches !== undefined) this.#patches.push([this.#values.length, patches]);
    // It stays here for a while, and the task may go on using it; the last one leaves at once.
    const stays = this.#next < this.#items.length && !isPrimitive(sendable) && transferList === undefined;
    this.#values.push(stays ? this.#copied(sendable) : sendable);
    // The outcome moves nothing: what is moved goes by itself.
    if (transferList === undefined) return;
    this.#transferList.push(...transferList);
    this.send();
  }

  #copied(value: unknown): unknown {
    try {
      return structuredClone(value);
    } catch (cause) {
      throw notCloneable(this.#call.name, { path: 'result', what: 'a value that cannot be sent', cause });
    }
  }

  #fail(error: unknown): void {
    this.#failure = encodeError(error, this.#running.carrier);
  }

  /** Lets results go, and messages come in: two turns, since what comes after the loop has looked is seen when it looks again. */
  async #breathe(): Promise<void> {
    if (isPrinting()) await printed();
    this.send();
    await nextTurn();
    await nextTurn();
    this.#turned = now();
  }

  #sendLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (isPrinting()) void printed().then(() => this.send());
      else this.send();
    }, patience).unref();
  }

  /** Sends the results that are there. */
  send(): void {
    if (this.#running.ended || this.#values.length === 0) return;
    try {
      this.#running.post({ type: 'item', id: this.#call.id, value: this.#results() }, this.#transferList);
    } catch {
      // They go with the outcome, where a failure has somewhere to go.
      return;
    }
    this.#values = [];
    this.#patches = [];
    this.#transferList = [];
    this.#slow = [];
  }

  #results(): ChunkResults {
    return {
      values: this.#values,
      ...(this.#patches.length > 0 && { patches: this.#patches }),
      ...(this.#slow.length > 0 && { slow: this.#slow }),
    };
  }

  #outcome(): Outcome {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    process.off('exit', this.#onExit);
    end(this.#running);
    const value: ChunkResults = {
      ...this.#results(),
      ...(this.#failure && { failure: this.#failure }),
      time: now() - this.#start,
    };
    return { id: this.#call.id, sent: this.#running.sent, value };
  }
}

// What cannot be cloned once more, a port that was moved here, cannot be shared with another item either.
function copy<T>(value: T): T {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}
