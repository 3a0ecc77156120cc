import type { WorkerMessage } from '../backend-types.js';
import { encodeError } from '../values/error-codec.js';
import type { Carrier } from '../values/inspect.js';
import { isEnded } from './serve.js';
import { taskContexts } from './task-context.js';

/**
 * Tells core of an error that nobody caught, and whose it is: the async context names the task, even one that ended long ago.
 *
 * A finished task's late error must not cost the task that runs now, so the worker lives on and core replaces it afterwards. Any other
 * ends the worker with exit code 1, as Node would have done by itself, but with the error told.
 */
export function watchUncaught(post: (message: WorkerMessage, sent?: () => void) => void, carrier: Carrier): void {
  const onUncaught = (error: unknown): void => {
    // Whoever else listens, a task module's own handler, has taken the decision over, as it would without us.
    if (process.listenerCount('uncaughtException') > listeners) return;
    const owner = taskContexts.getStore();
    const encoded = encodeError(error, carrier);
    const late = owner !== undefined && isEnded(owner);
    const end = late ? () => {} : () => process.exit(1);
    post({ type: 'uncaught', ...(owner === undefined ? {} : { id: owner.taskId }), error: encoded }, end);
  };
  process.on('uncaughtException', onUncaught);
  const listeners = process.listenerCount('uncaughtException');
}
