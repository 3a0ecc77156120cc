import { CancelledError } from '../errors.js';
import { queueMicrotask } from '../timers.js';

/**
 * The errors of tasks that are cancelled without a reason: one for all tasks of a name that are cancelled in the same turn.
 *
 * An error costs ten times what queueing a task does, nearly all of it for its stack, and giving up a long queue is to cost no more
 * than making it (C8). The stack is that of the first cancel of the turn, which is nearly always the loop that cancels the others too.
 */
export class CancelledErrors {
  #last: { readonly name: string; readonly why: string; readonly error: CancelledError } | undefined;

  /** `why` follows the words "was cancelled". */
  of(name: string, why: string): CancelledError {
    const last = this.#last;
    if (last?.name === name && last.why === why) return last.error;
    if (last === undefined) {
      queueMicrotask(() => {
        this.#last = undefined;
      });
    }
    const error = new CancelledError(`Task '${name}' was cancelled${why}.`);
    this.#last = { name, why, error };
    return error;
  }
}
