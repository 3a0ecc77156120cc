import { ExecutorShutdownError, TaskModuleError } from '../errors.js';
import type { Executor, WorkerKind } from '../executor.js';
import { type AnyTask, shownModule } from '../tasks.js';
import { isImportingHere } from '../worker/worker-state.js';
import { reasonOf } from './abort-listeners.js';
import type { Job } from './job.js';
import { isTask, shown } from './validate.js';

/** The executor that a job is submitted to. */
export interface Addressee {
  readonly name: string;
  readonly kind: WorkerKind;
  readonly state: Executor['state'];
}

/** Settles a job that its executor, or a group that it is to be of, does not take; returns whether it is so. */
export function refuse(job: Job, { name, kind, state }: Addressee): boolean {
  if (!isTask(job.task)) {
    job.fail(new TypeError(`submit: the first argument must be a task, see tasksFrom(); got ${shown(job.task)}.`));
    return true;
  }
  const { signals, groups } = job.options;
  for (const group of groups) {
    const refusal = group.refusal(job);
    if (refusal === undefined) continue;
    job.abandon(refusal.state, refusal.reason);
    return true;
  }
  const aborted = signals.length === 0 ? undefined : signals.find((signal) => signal.aborted);
  if (state !== 'running') {
    job.abandon(
      'rejected',
      new ExecutorShutdownError(`'${name}' is shut down and takes no more tasks; create another executor.`),
    );
  } else if (aborted !== undefined) {
    job.abandon('cancelled', reasonOf(aborted));
  } else if (kind !== 'inline' && isImportingHere(job.task.module)) {
    job.fail(startsItself(job.task));
  }
  return job.settled;
}

/** The other worker would import the module as well, and so start the next one, without end. */
function startsItself({ module, name }: AnyTask): TaskModuleError {
  return new TaskModuleError(
    `Task '${name}' was submitted by the import of its own module in a worker, which would start worker after worker. Put the task into a module that starts nothing, apart from ${shownModule(module)}.`,
    { module },
  );
}
