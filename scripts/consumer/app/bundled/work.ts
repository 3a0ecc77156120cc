// A task module in TypeScript.
import { createHash } from 'node:crypto';
import { type TaskContext, taskContext } from '@anypool/core/task';
import { run, tasksFrom } from 'anypool';

export class TooFarError extends RangeError {
  readonly limit: number;

  constructor(limit: number) {
    super(`There is nothing beyond ${limit}.`);
    this.limit = limit;
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function where(): Pick<TaskContext, 'kind'> {
  return { kind: taskContext().kind };
}

/** Inside a worker the default executor is an inline one, whichever copy of the package is asked for it. */
export async function whereFromInside(): Promise<string> {
  const self = tasksFrom<typeof import('./work.js')>(new URL('./work.js', import.meta.url));
  return (await run(self.where)).kind;
}

export function goTooFar(limit: number): never {
  throw new TooFarError(limit);
}

export function makeFunction(): unknown {
  return () => {};
}
