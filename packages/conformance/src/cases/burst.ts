import { channel } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import type { Executor, ExecutorOptions } from '@anypool/core';
import type { CaseContext } from '../case.js';
import { cellOf, openCell, placeInOrder, thread, timesBegun } from '../fixtures/bursts.js';

/** An executor for many small tasks at once, and what those have left in its workers' memory. */
export interface Burst {
  readonly executor: Executor;
  /** How often the task of this number has begun, as which one of all, and in which thread. */
  timesBegun(n: number): number;
  placeInOrder(n: number): number;
  thread(n: number): number;
  /** Resolves when the task of this number has begun. */
  begun(n: number): Promise<void>;
  /** Lets those go on that hold. */
  open(): void;
}

/** The executor's workers are all up, and have imported the tasks' module: from here on they can take calls in whatever way is theirs. */
export async function startBurst(
  { create, tasks: { bursts }, gate, tasks }: CaseContext,
  size: number,
  options: Omit<ExecutorOptions, 'kind' | 'initializer'> = {},
): Promise<Burst> {
  const memory = new SharedArrayBuffer(cellOf(size + 1, 0) * Int32Array.BYTES_PER_ELEMENT);
  const cells = new Int32Array(memory);
  const executor = create({ maxWorkers: 1, ...options, initializer: { task: bursts.share, args: [memory] } });
  const door = await gate();
  const meeting = Array.from({ length: executor.maxWorkers }, () => executor.submit(tasks.basics.waitAt, door.handle));
  await door.waiting(executor.maxWorkers);
  door.open();
  await Promise.all(meeting);
  await Promise.all(Array.from({ length: executor.maxWorkers * 2 }, () => executor.submit(bursts.spin, size, 500)));
  cells.fill(0);
  const read = (which: number) => (n: number) => Atomics.load(cells, cellOf(n, which));
  return {
    executor,
    timesBegun: read(timesBegun),
    placeInOrder: read(placeInOrder),
    thread: read(thread),
    async begun(n) {
      // Not ref'd: in a case that hangs, this must not hold the process once the cap has ended the case.
      while (Atomics.load(cells, cellOf(n, timesBegun)) === 0) await pause(1, undefined, { ref: false });
    },
    open() {
      Atomics.store(cells, openCell, 1);
      Atomics.notify(cells, openCell);
    },
  };
}

/** The ids of the executor's tasks in the order in which they started, from now on. */
export function startsOf({ name }: Executor): { readonly ids: readonly number[]; close(): void } {
  const ids: number[] = [];
  const starts = channel('anypool:task:start');
  const listener = (message: unknown): void => {
    const { executor, id } = message as { readonly executor: string; readonly id: number };
    if (executor === name) ids.push(id);
  };
  starts.subscribe(listener);
  return { ids, close: () => void starts.unsubscribe(listener) };
}

/** Numbers from 0 to 1 that are the same at each run. */
export function generator(seed: number): () => number {
  let state = seed * 1_000_003;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** 0, 1, 2 and so on. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
