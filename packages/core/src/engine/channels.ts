import { type Channel, channel } from 'node:diagnostics_channel';
import type { Job } from './job.js';
import { isTask } from './validate.js';

// Each is asked for `hasSubscribers` before anything is made for it: where nobody listens, that is all it costs (O2).
const submitted: Channel = channel('anypool:task:submit');
const started: Channel = channel('anypool:task:start');
const ended: Channel = channel('anypool:task:end');

/** For a worker that is up: `{ executor, workerId }`. */
export const workerStarted: Channel = channel('anypool:worker:start');
/** For a worker that was up and is gone: `{ executor, workerId, exit }`. */
export const workerExited: Channel = channel('anypool:worker:exit');

export function publishSubmit(executor: string, job: Job): void {
  if (submitted.hasSubscribers) submitted.publish(identity(executor, job));
}

export function publishStart(executor: string, job: Job): void {
  if (started.hasSubscribers)
    started.publish({ ...identity(executor, job), waitTime: job.startedAt - job.submittedAt });
}

/** `waitTime` is all there is for a task that never started. */
export function publishEnd(executor: string, job: Job, error: unknown, now: number): void {
  if (!ended.hasSubscribers || !isNamed(job)) return;
  const isStarted = job.startedAt > 0;
  ended.publish({
    ...identity(executor, job),
    outcome: job.state,
    waitTime: (isStarted ? job.startedAt : now) - job.submittedAt,
    ...(isStarted && { runTime: now - job.startedAt }),
    ...(job.state !== 'fulfilled' && { error }),
  });
}

// What is refused because it is no task has not been told of as submitted either.
function isNamed({ task }: Job): boolean {
  try {
    return isTask(task);
  } catch {
    return false;
  }
}

function identity(executor: string, { id, task, options, count }: Job): object {
  const items = options.chunk && { items: count.items };
  return { executor, id, task: { module: task.module, name: task.name }, ...items };
}
