import assert from 'node:assert/strict';
import { type Executor, type Future, inlineTask } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { RandomNumbers } from './random-numbers.js';

/** The ways in which a task can end. Plain functions, sent as text. */
const ends = {
  ok: inlineTask((value: unknown) => value),
  failing: inlineTask((_: unknown) => {
    throw new Error('failed');
  }),
  exiting: inlineTask((_: unknown) => process.exit(3)),
  failingLate: inlineTask((_: unknown) => {
    setImmediate(() => {
      throw new Error('late');
    });
  }),
  exitingLate: inlineTask((_: unknown) => {
    setImmediate(() => process.exit(0));
  }),
  looping: inlineTask((_: unknown) => {
    for (;;);
  }),
  slow: inlineTask((_: unknown) => new Promise((resolve) => setTimeout(resolve, 20))),
  unhandled: inlineTask((_: unknown) => {
    Promise.reject(new Error('unhandled'));
    return new Promise(() => {});
  }),
  uncloneable: inlineTask((_: unknown): unknown => () => {}),
  large: inlineTask((_: unknown) => new Uint8Array(1_000_000)),
};
// In a thread it would be the caller that is killed.
const killed = inlineTask((_: unknown) => process.kill(process.pid, 'SIGKILL'));

type Closing = (executor: Executor, context: CaseContext) => Promise<void>;

/** The ways in which an executor can. */
const closings: Readonly<Record<string, Closing>> = {
  'a shutdown, before which as many as ever meet': async (executor, { gate, tasks }) => {
    const latch = await gate();
    const meeting = Array.from({ length: executor.maxWorkers }, () =>
      executor.submit(tasks.basics.waitAt, latch.handle),
    );
    await latch.waiting(executor.maxWorkers);
    latch.open();
    await Promise.all(meeting);
    await executor.shutdown();
  },
  'a shutdown': (executor) => executor.shutdown(),
  'a shutdown with a time limit': (executor) => executor.shutdown({ timeout: 50 }),
  'terminate()': (executor) => executor.terminate(),
};

/** Tasks that end in every way there is, with limits and cancels at random moments, and the executor's end in the middle of it. */
async function endAtRandom(seed: number, close: Closing, context: CaseContext): Promise<void> {
  const { kind, capabilities, create } = context;
  const random = new RandomNumbers(seed);
  const tasks = [ends.ok, ...Object.values(ends), ...(kind === 'process' ? [killed] : [])] as const;
  const maxWorkers = random.between(1, 3);
  const [hasty, renewing] = [random.happens(0.3), random.happens(0.3)];
  const executor = create({
    maxWorkers,
    cancelGrace: 30,
    stopTimeout: 200,
    ...(hasty && { idleTimeout: 5 }),
    ...(renewing && capabilities.recycle && { maxTasksPerWorker: 3 }),
  });
  const futures: Future<unknown>[] = [];
  for (let index = 0; index < 60; index += 1) {
    const task = random.happens(0.5) ? ends.ok : random.one(tasks);
    const limited = task === ends.looping || random.happens(0.2);
    const view = limited ? executor.with({ timeout: 100 + random.next() * 200, runTimeout: 30 }) : executor;
    const future = view.submit(task, random.happens(0.05) ? () => {} : index);
    future.catch(() => {});
    futures.push(future);
    if (random.happens(0.2)) setTimeout(() => future.cancel(), random.next() * 50).unref();
    if (random.happens(0.3)) await new Promise((resolve) => setTimeout(resolve, random.next() * 10));
  }
  await close(executor, context);
  assert.equal(executor.state, 'closed');
  // A shutdown that resolves leaves none behind (X1-X4), so nothing is waited for here.
  assert.deepEqual(
    futures.filter(({ state }) => state === 'queued' || state === 'running'),
    [],
  );
  await Promise.allSettled(futures);
}

/** S4, and X1 to X4 with it: whatever comes together, each Future settles and each shutdown resolves. */
export const randomEndCases: readonly ConformanceCase[] = Object.entries(closings).flatMap(
  ([closing, close], closingIndex) =>
    [1, 2].map((round): ConformanceCase => {
      const seed = 2 * closingIndex + round;
      return {
        id: `S4-random-ends-${seed}`,
        rule: 'S4',
        title: `of tasks that end at random, with limits, cancels and ${closing}, each settles (seed ${seed})`,
        kinds: ['thread', 'process'],
        requires: ['terminate', 'isolation'],
        cap: 30_000,
        run: (context) => endAtRandom(seed, close, context),
      };
    }),
);
