import type { MessagePort } from 'node:worker_threads';
import type { Call, ControlMessage, Outcome, WorkerExit, WorkerMessage } from '../backend-types.js';
import { ExecutorError } from '../errors.js';
import type { AloneMessage, ReleaseMessage } from './alone.js';
import { asNotCloneable } from './opening.js';
import { LostCall, type SharedCall } from './shared-slot.js';

/** What a library's pool does for one call. */
export interface PoolRun {
  /**
   * Gives the pool the message, for `serveAlone` in whichever worker it chooses; the transfer list goes with it. Both are to be read when a
   * worker gets them, not before, and {@link PoolRunEvents.posted} called then. May throw.
   */
  start(message: AloneMessage, transferList: MessagePort[], events: PoolRunEvents): Promise<unknown>;
  /**
   * What it means that the run has failed: an `ExecutorError` where no worker began the call, else how its worker ended. `begun` is
   * {@link WorkerExit.begun}, where there is shared memory: with it, a call that the worker had not begun is given to another one.
   */
  explain(error: unknown, begun: number | undefined): Promise<ExecutorError | WorkerExit>;
  /** Nobody waits for the call any more: nothing is left to be watched. */
  end(): void;
}

/** What a {@link PoolRun} hears of the pool. */
export interface PoolRunEvents {
  /** A worker gets the message now: what changes it after this comes too late. */
  posted(): void;
  /** The call is lost, and the library may not say so. */
  lost(error: unknown): void;
}

/** How a call travels in a pool's message, and the way of its own by which it and its worker talk besides. */
export interface CallLine {
  readonly content: AloneMessage['content'];
  readonly transferList: readonly MessagePort[];
  /** The content with arguments as they are now, whatever becomes of the originals. */
  copied(): AloneMessage['content'];
  open(post: (message: WorkerMessage) => void): void;
  /** A worker gets the call now. */
  posted(): void;
  send(message: ControlMessage | ReleaseMessage): void;
  /** Passes on what the worker has sent, and was not heard yet. */
  readRest(): void;
  /** What came of the call, by the pool's reply, or by another way of which the rest is read; undefined where nothing has come. */
  outcome(reply: unknown): Outcome | undefined;
  /** See {@link WorkerExit.begun}. */
  readonly begun: number | undefined;
  close(): void;
}

/** A call in a pool that somebody else owns, from the moment at which the pool gets it: the same over every library. */
export class PooledCall implements SharedCall {
  readonly #id: number;
  /** What becomes of the call if no worker gets it: nobody waits for more. */
  readonly #nothing: Outcome;
  readonly #line: CallLine;
  readonly #pool: PoolRun;
  /** What the pool sends; it reads it when a worker gets the task, which can be long after. */
  readonly #message: { content: AloneMessage['content'] };
  /** The worker's end of the line, which goes with the call. */
  readonly #transferList: MessagePort[];
  #isPosted = false;
  #isOver = false;
  #drop: (() => void) | undefined;

  constructor(call: Call, line: CallLine, pool: PoolRun) {
    this.#id = call.id;
    this.#nothing = { id: call.id, sent: 0, value: call.chunk && { values: [] } };
    this.#line = line;
    this.#pool = pool;
    this.#message = { content: line.content };
    this.#transferList = [...line.transferList];
  }

  async run(post: (message: WorkerMessage) => void): Promise<Outcome> {
    this.#line.open(post);
    const dropped = new Promise<Outcome>((resolve) => {
      this.#drop = () => resolve(this.#nothing);
    });
    try {
      const outcome = this.#start();
      outcome.catch(() => {});
      // The arguments are read now, also where the call is left to wait in the pool's queue (V8).
      if (!this.#isPosted) this.#copyArguments();
      return await Promise.race([outcome, dropped]);
    } finally {
      this.#isOver = true;
      this.#line.close();
      this.#pool.end();
    }
  }

  cancel(message: ControlMessage): void {
    if (this.#isPosted) this.#line.send(message);
    else this.#takeBack();
  }

  abandon(): void {
    if (this.#isPosted) this.#line.send({ type: 'release', id: this.#id });
    else this.#takeBack();
    this.#line.close();
  }

  #start(): Promise<Outcome> {
    let lose: (error: unknown) => void = () => {};
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    const reply = this.#pool.start(this.#message, this.#transferList, { posted: () => this.#posted(), lost: lose });
    return Promise.race([reply, lost]).then(
      (value) => this.#answered(value),
      (error: unknown) => this.#failed(error),
    );
  }

  #posted(): void {
    if (this.#isPosted) return;
    this.#isPosted = true;
    if (!this.#isDropped) this.#line.posted();
  }

  #copyArguments(): void {
    try {
      this.#message.content = this.#line.copied();
    } catch (cause) {
      this.#takeBack();
      asNotCloneable(cause);
    }
  }

  #takeBack(): void {
    this.#empty();
    this.#drop?.();
  }

  // What the pool's queue holds is left there, as a message that does nothing and holds no arguments.
  #empty(): void {
    this.#message.content = { dropped: this.#id };
    // The port is closed by then, and not every pool goes on with its queue after a post that failed.
    this.#transferList.length = 0;
  }

  get #isDropped(): boolean {
    return 'dropped' in this.#message.content;
  }

  #answered(reply: unknown): Outcome {
    // Before the line is closed: what the worker sent before its reply, or its end, is there by now.
    if (!this.#isOver) this.#line.readRest();
    if (this.#isDropped) return this.#nothing;
    const outcome = this.#line.outcome(reply);
    if (outcome === undefined) throw new LostCall({ error: new Error('The worker gave no outcome.') });
    return outcome;
  }

  // A value's own code may have thrown anything as the pool sent it. That is no worker's end: the call is tried once more, where none has begun it.
  #isUnsendable(error: unknown): boolean {
    if (isCloneFailure(error)) return true;
    const { begun } = this.#line;
    if (begun === undefined || begun === (this.#id | 0)) return false;
    try {
      this.#line.copied();
      return false;
    } catch {
      return true;
    }
  }

  async #failed(error: unknown): Promise<Outcome> {
    if (!this.#isOver) this.#line.readRest();
    // The worker's end can be heard of before its reply: what it had delivered counts (W3).
    const delivered = this.#line.outcome(undefined);
    if (delivered !== undefined) return delivered;
    // A pool may reject what its queue still holds, and run it after all.
    if (!this.#isPosted) this.#empty();
    if (this.#isUnsendable(error)) return asNotCloneable(error);
    const why = await this.#pool.explain(error, this.#line.begun);
    throw why instanceof ExecutorError ? why : new LostCall(why);
  }
}

// Not by its class, which is Node's own DOMException, and may be another one here.
function isCloneFailure(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'DataCloneError';
}
