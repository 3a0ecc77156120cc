import type { Call, ControlMessage, Outcome, WorkerMessage } from '../backend-types.js';
import type { Future } from '../future.js';

/** Finds the way for other processes' calls into an executor; see `relay`. */
export const passageKey: unique symbol = Symbol.for('anypool.passage/v1');

/** A message of a task on its way to its caller. */
export type PassedMessage = Extract<WorkerMessage, { readonly type: 'report' | 'item' }>;

/** A call of another process's executor on its way through this one: its arguments, messages and outcome stay as that executor's core wrote them. */
export interface Passage {
  readonly call: Call;
  /** What the task reports, and its items. */
  message(message: PassedMessage): void;
  outcomeCame(outcome: Outcome): void;
  /** A worker has it, who can be told something; undefined: it has left the worker. */
  handed(tell: ((message: ControlMessage) => void) | undefined): void;
}

/** What takes them. */
export interface PassageWay {
  [passageKey](passage: Passage): Future<unknown>;
}
