import { inlineTask, type Task } from '@anypool/core';

/** Keeps this thread from hearing anything. */
export function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

/** The same as a task. Not where workers are remote, which take no inline tasks. */
export const spin: Task<[ms: number], void> = inlineTask(function spin(ms: number) {
  for (const end = performance.now() + ms; performance.now() < end; );
});
