import type { Behalf, Call, ControlMessage, Outcome, WorkerMessage } from '../backend-types.js';
import { type Passage, type PassageWay, type PassedMessage, passageKey } from '../engine/passage.js';
import { CancelledError } from '../errors.js';
import type { Executor } from '../executor.js';
import type { Future } from '../future.js';
import { plainest } from '../values/carrier.js';
import { decodeError, type Encoded, encodeError } from '../values/error-codec.js';

/** A call that came from elsewhere, while an executor of this process runs it. */
export interface RelayedCall {
  /** How it ended, once it has left its worker: a free place is free (S8). Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** What the caller tells it. Never throws. */
  control(message: ControlMessage): void;
  /** Cancels it for a reason of this process's own. */
  cancel(why: string): void;
}

/** A call to be relayed, and for whom. */
export type CallOnBehalf = Call & { readonly behalf: Behalf };

/**
 * Runs a call that came over a network in an executor of this process, whichever that is: what `receive` is to an adapter's own workers, with
 * a whole executor in place of one. `call.module` is where this process has the module.
 *
 * The call goes on to a worker as it is, and its messages and outcome come back as they are: no value is read on the way, and an error keeps
 * a class that only the caller knows. What the task reports and its items go to `post`, in order.
 */
export function relay(executor: Executor, call: CallOnBehalf, post: (message: WorkerMessage) => void): RelayedCall {
  if (!isWay(executor))
    throw new TypeError('relay: the executor is of a core that relays no calls; use one version of @anypool/core.');
  return new Relayed(executor, call, post);
}

/** The outcome in place of one that cannot be sent. */
export function failedOutcome({ id, sent }: Outcome, error: unknown): Outcome {
  return { id, sent, error: encodeError(error, plainest) };
}

const noClasses = new Map();

class Relayed implements RelayedCall, Passage {
  readonly call: CallOnBehalf;
  readonly outcome: Promise<Outcome>;
  readonly #post: (message: WorkerMessage) => void;
  readonly #future: Future<unknown>;
  #resolve!: (outcome: Outcome) => void;
  #sent = 0;
  /** What the worker said. */
  #said: Outcome | undefined;
  /** What the Future says: that the worker died, or that it was cancelled. */
  #end: { readonly error?: unknown } | undefined;
  #tell: ((message: ControlMessage) => void) | undefined;
  /** What came before a worker had it. */
  readonly #early: ControlMessage[] = [];

  constructor(executor: PassageWay, call: CallOnBehalf, post: (message: WorkerMessage) => void) {
    this.call = call;
    this.#post = post;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#future = executor[passageKey](this);
    this.#future.then(
      () => this.#ended({}),
      (error: unknown) => this.#ended({ error }),
    );
  }

  control(message: ControlMessage): void {
    if (message.id !== this.call.behalf.id) return;
    if (message.type === 'cancel') this.#future.cancel(reasonOf(message.reason));
    else if (this.#tell === undefined) this.#early.push(message);
    else this.#tell(message);
  }

  cancel(why: string): void {
    this.#future.cancel(new CancelledError(`Task '${this.call.name}' was cancelled: ${why}`));
  }

  message(message: PassedMessage): void {
    this.#post({ ...message, id: this.call.behalf.id });
    this.#sent += 1;
  }

  outcomeCame(outcome: Outcome): void {
    this.#said = outcome;
  }

  handed(tell: ((message: ControlMessage) => void) | undefined): void {
    this.#tell = tell;
    if (tell === undefined) this.#finish();
    else for (const message of this.#early.splice(0)) tell(message);
  }

  #ended(end: { readonly error?: unknown }): void {
    this.#end = end;
    this.#finish();
  }

  #finish(): void {
    if (this.#end === undefined || this.#tell !== undefined) return;
    const outcome = this.#said ?? { error: encodeError(this.#end.error, plainest) };
    this.#resolve({ ...outcome, id: this.call.behalf.id, sent: this.#sent });
  }
}

function reasonOf(reason: Encoded): unknown {
  try {
    return decodeError(reason, noClasses);
  } catch {
    // It came over a network, and may be anything.
    return undefined;
  }
}

function isWay(executor: object): executor is PassageWay {
  return passageKey in executor;
}
