import type { WorkerMessage } from '../backend-types.js';
import { encodeError } from '../values/error-codec.js';
import type { Carrier } from '../values/inspect.js';
import { isEnded } from './serve.js';
import { taskContexts } from './task-context.js';

/**
 * Tells core of an error that nobody caught, and whose it is: the async context names the task, even one that ended long ago.
 *
 * A finished task's late error must not cost the task that runs now: the worker lives on, core hears the finished call's id, and
 * replaces the worker when it is free. Any other error counts against the call that runs, and ends the worker with exit code 1, as
 * Node would have done by itself, but with the error told.
 */
export function watchUncaught(
  post: (message: WorkerMessage, sent?: () => void) => void,
  carrier: Carrier,
  isBusy: () => boolean,
): void {
  const onUncaught = (error: unknown): void => {
    // Whoever else listens, a task module's own handler, has taken the decision over, as it would without us.
    if (process.listenerCount('uncaughtException') > listeners) return;
    const owner = taskContexts.getStore();
    const encoded = encodeError(error, carrier);
    if (owner !== undefined && isEnded(owner)) post({ type: 'uncaught', id: owner.taskId, error: encoded });
    // The last call's outcome may still be on its way to core by the library's channel: told now, this would overtake it.
    else if (!isBusy()) process.exit(1);
    else post({ type: 'uncaught', error: encoded }, () => process.exit(1));
  };
  process.on('uncaughtException', onUncaught);
  const listeners = process.listenerCount('uncaughtException');
}
