import type { WorkerMessage } from '../backend-types.js';
import type { Carrier } from '../values/carrier.js';
import { encodeError, sendError } from '../values/error-codec.js';
import { isPrinting, printed } from './printed.js';
import { afterReplies } from './replies.js';
import { isEnded } from './serve.js';
import { taskContexts } from './task-context.js';

/**
 * Tells core of an error that nobody caught, and whose it is: the async context names the task, even one that ended long ago.
 *
 * A finished task's late error must not cost the task that runs now: the worker lives on, core hears the finished call's id, and
 * replaces the worker when it is free. Any other error counts against the call that runs, and ends the worker with exit code 1, as
 * Node would have done by itself, but with the error told. What it gives back ends the worker of an error in the same way.
 */
export function watchUncaught(
  post: (message: WorkerMessage, sent?: () => void) => void,
  carrier: Carrier,
  isBusy: () => boolean,
): (error: unknown) => void {
  let isDying = false;
  const tell = (error: unknown, late?: { readonly id: number }, sent?: () => void): void =>
    sendError(encodeError(error, carrier), (encoded) => post({ type: 'uncaught', ...late, error: encoded }, sent));
  const die = (error: unknown): void => {
    if (isDying) return;
    isDying = true;
    tell(error, undefined, () => void exitPrinted());
  };
  const onUncaught = (error: unknown): void => {
    // Whoever else listens, a task module's own handler, has taken the decision over, as it would without us.
    if (process.listenerCount('uncaughtException') > listeners || isDying) return;
    const owner = taskContexts.getStore();
    const late = owner !== undefined && isEnded(owner) ? { id: owner.taskId } : undefined;
    if (isBusy()) {
      if (late === undefined) die(error);
      else tell(error, late);
      return;
    }
    // What the last call returned may still wait for its output: told now, this would overtake it.
    afterReplies(() => {
      if (late === undefined) process.exit(1);
      else tell(error, late);
    });
  };
  process.on('uncaughtException', onUncaught);
  const listeners = process.listenerCount('uncaughtException');
  return die;
}

/** An exit would take along what is not out yet (W10). */
async function exitPrinted(): Promise<void> {
  if (isPrinting()) await printed();
  process.exit(1);
}
