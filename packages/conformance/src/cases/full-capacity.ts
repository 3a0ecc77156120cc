import type { Executor } from '@anypool/core';
import type { CaseContext } from '../case.js';

/** Resolves if as many tasks as the executor has slots run at once: none of them is lost. */
export async function fullCapacity(executor: Executor, { gate, tasks }: CaseContext): Promise<void> {
  const door = await gate();
  const meeting = Array.from({ length: executor.maxWorkers }, () => executor.submit(tasks.basics.waitAt, door.handle));
  await door.waiting(executor.maxWorkers);
  door.open();
  await Promise.all(meeting);
}
