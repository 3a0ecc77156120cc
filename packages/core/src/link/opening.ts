import { types } from 'node:util';
import type { BackendWorker, WorkerEvents, WorkerExit } from '../backend-types.js';
import { summary } from '../engine/validate.js';
import { NotCloneableError } from '../errors.js';
import { canBeSent } from '../values/can-be-sent.js';
import type { Carrier } from '../values/carrier.js';
import { decodeError } from '../values/error-codec.js';
import type { OpenedMessage } from './messages.js';

const noClasses = new Map();

/** A worker's `ready`. */
export class Opening {
  readonly ready: Promise<void>;
  readonly #events: WorkerEvents;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;

  constructor(events: WorkerEvents) {
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Nobody has opened the worker if the library could not, or if it exits before. */
  watch(reply: Promise<unknown>, exited: Promise<WorkerExit>): void {
    reply.catch(this.#reject);
    void exited.then((exit) => this.#reject(startFailure(exit)));
  }

  opened({ error }: OpenedMessage): void {
    if (error === undefined) this.#resolve();
    else {
      // Core knows the executor's error classes, and takes this for the reason.
      this.#events.message({ type: 'uncaught', error });
      this.#reject(decodeError(error, noClasses));
    }
  }
}

/** A worker that could not even be made, for a reason that is known or is still to be told. */
export function failedStart(reason: unknown): BackendWorker {
  const failure = Promise.resolve(reason);
  const ready = failure.then((error) => Promise.reject(error));
  ready.catch(() => {});
  return {
    ready,
    prefetch: 0,
    execute: () => ready,
    send() {},
    stop() {},
    kill() {},
    exited: failure.then((error) => ({ error })),
  };
}

/**
 * A library's promise of a reply, which stays pending when the library rejects it because the worker is gone: how the worker ended
 * is then told by `exited`, better than by any library.
 */
export function untilGone(isGone: (error: unknown) => boolean, reply: Promise<unknown>): Promise<unknown> {
  return reply.catch((error: unknown) => (isGone(error) ? pending() : Promise.reject(error)));
}

/** For a call whose end somebody else tells. */
export function pending(): Promise<never> {
  return new Promise(() => {});
}

/** A send that failed by itself: core had looked, and a value was another one when it was read, or threw then. */
export function asNotCloneable(
  cause: unknown,
  args: readonly unknown[] = [],
  carrier: Pick<Carrier, 'via'> = { via: 'clone' },
): never {
  const culprit = args.findIndex((arg) => !canBeSent(arg, carrier));
  const path = culprit === -1 ? 'args' : `args[${culprit}]`;
  throw new NotCloneableError(`${path} could not be sent: ${summary(cause)}`, { path, side: 'argument', cause });
}

/** Why a worker that ended while it started did so, as far as is known: Node says of what it refuses on stderr alone. */
export function startFailure(exit: WorkerExit): unknown {
  if (exit.error !== undefined) return exit.error;
  const last = exit.stderr?.trim().slice(-2000);
  return new Error(`The worker ended while it started (${describeExit(exit)}).${last ? ` It wrote: ${last}` : ''}`);
}

/** How a worker ended, in words. */
export function describeExit(exit: WorkerExit): string {
  if (exit.outOfMemory) return 'out of memory';
  if (exit.signal !== undefined) return `killed by ${exit.signal}`;
  if (exit.exitCode !== undefined) return `exit code ${exit.exitCode}`;
  return types.isNativeError(exit.error) ? exit.error.message : 'exit code unknown';
}
