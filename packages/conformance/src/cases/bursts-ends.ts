import assert from 'node:assert/strict';
import type { Future } from '@anypool/core';
import type { CaseContext, ConformanceCase } from '../case.js';
import { type Burst, generator, numbers, startBurst } from './burst.js';
import { crashOf } from './crash.js';
import { assertCode, errorOf } from './outcomes.js';

const threads = { kinds: ['thread'], requires: ['sharedMemory', 'isolation', 'terminate'] } as const;

function assertOnce({ timesBegun }: Burst, count: number): void {
  assert.deepEqual(
    numbers(count)
      .filter((n) => timesBegun(n) !== 1)
      .map((n) => [n, timesBegun(n)]),
    [],
  );
}

type Bursts = CaseContext['tasks']['bursts'];

/** Everything at once, in an order that is the same at each run: none is lost, none runs twice, none pays for another. */
async function endAtRandom(seed: number, context: CaseContext): Promise<void> {
  const count = 1200;
  const random = generator(seed);
  const burst = await startBurst(context, count, {
    maxWorkers: 1 + (seed % 3),
    cancelGrace: seed % 2 === 0 ? 0 : 5,
    stopTimeout: 500,
  });
  const { executor } = burst;
  const { bursts } = context.tasks;
  const limited = executor.limit(2);
  const crashing = new Set<number>();
  const cancelled = new Set<number>();
  const futures: Future<unknown>[] = [];
  const submit = (n: number): Future<unknown> => {
    const view = random() < 0.03 ? executor.with({ priority: Math.floor(random() * 3) - 1 }) : executor;
    const one = random();
    if (one < 0.7) return view.submit(bursts.tiny, n);
    if (one < 0.75) return view.submit(bursts.later, n);
    if (one < 0.8) return view.submit(bursts.spin, n, random() * 400);
    if (one < 0.84) return view.submit(bursts.object, n);
    if (one < 0.88) return view.submit(bursts.report, n, 3);
    if (one < 0.9) return view.submit(bursts.fail, n);
    if (one < 0.92) return limited.submit(bursts.tiny, n);
    if (one < 0.94) return view.submit(bursts.longText, n);
    if (one < 0.95) return view.submit(bursts.print, n);
    if (one < 0.96) return view.submit(bursts.throwLater, n);
    if (one < 0.97) {
      crashing.add(n);
      return view.submit(bursts.exit, n);
    }
    if (one < 0.98) {
      cancelled.add(n);
      return executor.with({ timeout: 20 + random() * 30 }).submit(bursts.spinUntilEnded, n);
    }
    return view.submit(bursts.tiny, n);
  };
  for (const n of numbers(count)) {
    const future = submit(n);
    future.catch(() => {});
    futures.push(future);
    if (random() < 0.05) {
      const other = Math.floor(random() * futures.length);
      if (futures[other]?.cancel()) cancelled.add(other);
    }
    if (random() < 0.02) await new Promise((resolve) => setImmediate(resolve));
    if (random() < 0.01) await futures[Math.floor(random() * futures.length)]?.catch(() => {});
  }
  const ends = await Promise.allSettled(futures);
  for (const [n, end] of ends.entries()) {
    const times = burst.timesBegun(n);
    assert.ok(times <= 1, `task ${n} has begun ${times} times`);
    if (cancelled.has(n)) continue;
    assert.equal(times, 1, `task ${n} has not begun`);
    const code: unknown = end.status === 'rejected' ? (end.reason.code ?? end.reason.message) : undefined;
    if (crashing.has(n)) assert.equal(code, 'ERR_WORKER_CRASHED');
    else assert.ok(code === undefined || code === `task ${n} fails`, `task ${n}: ${end.status} ${String(code)}`);
  }
  await executor.shutdown();
  const { completed, failed, cancelled: gone } = executor.stats();
  // Those that the workers were started with among them.
  assert.equal(completed + failed + gone, count + 3 * executor.maxWorkers);
}

async function mixedOutcomes(context: CaseContext): Promise<void> {
  const burst = await startBurst(context, 900, { maxWorkers: 2 });
  const { executor } = burst;
  const { bursts } = context.tasks;
  const settled: number[] = [];
  const reported = numbers(900).map((): unknown[] => []);
  const kinds = ['tiny', 'object', 'longText', 'fail', 'report', 'later'] as const satisfies readonly (keyof Bursts)[];
  const futures = numbers(900).map((n) => {
    const kind = kinds[n % kinds.length] ?? 'tiny';
    const future: Future<unknown> =
      kind === 'report' ? executor.submit(bursts.report, n, 4) : executor.submit(bursts[kind], n);
    future.onProgress((value) => {
      assert.equal(future.state, 'running');
      reported[n]?.push(value);
    });
    future.then(
      () => settled.push(n),
      () => settled.push(n),
    );
    return future;
  });
  const ends = await Promise.allSettled(futures);
  for (const [n, end] of ends.entries()) {
    const kind = kinds[n % kinds.length];
    if (end.status === 'rejected') {
      assert.equal(kind, 'fail');
      assert.ok(end.reason instanceof RangeError && end.reason.message === `task ${n} fails`, String(end.reason));
    } else if (kind === 'object') assert.deepEqual(end.value, { n, list: [n] });
    else if (kind === 'longText') assert.equal(end.value, `${n}`.padStart(1000, '.'));
    else assert.equal(end.value, n);
    assert.deepEqual(reported[n], kind === 'report' ? [n, n + 0.25, n + 0.5, n + 0.75] : []);
  }
  assertOnce(burst, 900);
  // Within a worker, what began first has ended first.
  const last = new Map<number, number>();
  for (const n of settled) {
    const before = last.get(burst.thread(n)) ?? -1;
    assert.ok(burst.placeInOrder(n) > before, `the result of task ${n} came after that of a later one`);
    last.set(burst.thread(n), burst.placeInOrder(n));
  }
}

/** S4, C5, W2, W3, P1: how many small tasks end that run one right after the other, and what ends with them. */
export const burstEndCases: readonly ConformanceCase[] = [
  {
    ...threads,
    id: 'W2-burst-crashes',
    rule: 'W2',
    title:
      'a worker that dies in a burst costs the task that it ran and no other, and none of those that had just ended',
    async run(context) {
      const burst = await startBurst(context, 1000, { maxWorkers: 2 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const isCrash = (n: number): boolean => n % 97 === 50;
      const futures = numbers(1000).map((n) => executor.submit(isCrash(n) ? bursts.exit : bursts.tiny, n));
      // All at once: of two workers' tasks, a later one may crash while an earlier one is waited for.
      await Promise.allSettled(futures);
      for (const [n, future] of futures.entries()) {
        if (isCrash(n)) assert.equal((await crashOf(future)).exitCode, 7);
        else assert.equal(await future, n);
      }
      assertOnce(burst, 1000);
    },
  },
  {
    ...threads,
    id: 'W3-burst-late-exits',
    rule: 'W3',
    title: 'a worker that dies between two tasks of a burst costs none of them',
    async run(context) {
      const burst = await startBurst(context, 1000, { maxWorkers: 2 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const futures = numbers(1000).map((n) => executor.submit(n % 97 === 50 ? bursts.exitLater : bursts.tiny, n));
      assert.deepEqual(await Promise.all(futures), numbers(1000));
      assertOnce(burst, 1000);
    },
  },
  {
    ...threads,
    id: 'W3-burst-late-errors',
    rule: 'W3',
    title: 'late errors in a burst cost none of its tasks, and their workers are replaced',
    async run(context) {
      const burst = await startBurst(context, 1000, { maxWorkers: 2 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const task = (n: number) => (n % 97 === 50 ? bursts.throwLater : n % 3 === 0 ? bursts.later : bursts.tiny);
      const futures = numbers(1000).map((n) => executor.submit(task(n), n));
      assert.deepEqual(await Promise.all(futures), numbers(1000));
      assertOnce(burst, 1000);
    },
  },
  {
    ...threads,
    id: 'C5-burst-cancelled-by-force',
    rule: 'C5',
    title: 'running tasks that are cancelled without grace, at any moment of a burst, take no other with them',
    async run(context) {
      const burst = await startBurst(context, 3000, { maxWorkers: 2, cancelGrace: 0 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const futures = numbers(3000).map((n) => executor.submit(bursts.spin, n, 20 + (n % 7) * 10));
      const cancelled = new Set<number>();
      for (let n = 0; n < 3000; n += 20) {
        await futures[n]?.catch(() => {});
        const running = executor.stats().active[0];
        const found = futures.findIndex(({ id }) => id === running?.id);
        // For as long as it takes its worker to go on to another.
        for (const end = performance.now() + (n % 7) / 50; performance.now() < end; );
        if (found >= 0 && futures[found]?.cancel()) cancelled.add(found);
      }
      for (const [n, future] of futures.entries()) {
        if (cancelled.has(n)) await assertCode(future, 'ERR_CANCELLED');
        else assert.equal(await future, n);
      }
      for (const n of numbers(3000)) {
        const times = burst.timesBegun(n);
        assert.ok(times === 1 || (times === 0 && cancelled.has(n)), `task ${n} has begun ${times} times`);
      }
    },
  },
  {
    ...threads,
    id: 'P1-burst-of-all-outcomes',
    rule: 'P1',
    title: 'small results, large ones, errors and reports of a burst all come, each to its own Future, in order',
    run: mixedOutcomes,
  },
  {
    ...threads,
    id: 'S4-burst-of-replaced-timers',
    rule: 'S4',
    title: 'a task that replaces the timers and the clock of its worker keeps no other from running',
    async run(context) {
      const burst = await startBurst(context, 500);
      const { executor } = burst;
      const { bursts } = context.tasks;
      const futures = numbers(500).map((n) => executor.submit(n === 5 ? bursts.replaceTimers : bursts.tiny, n));
      assert.deepEqual(await Promise.all(futures), numbers(500));
    },
  },
  {
    ...threads,
    id: 'S4-burst-with-work-left-behind',
    rule: 'S4',
    title: 'the result of a task is there though it has left something behind that never ends',
    async run(context) {
      const burst = await startBurst(context, 500);
      const { executor } = burst;
      const { bursts } = context.tasks;
      const futures = numbers(20).map((n) => executor.submit(n === 19 ? bursts.leaveEndlessWork : bursts.tiny, n));
      assert.deepEqual(await Promise.all(futures), numbers(20));
    },
  },
  {
    ...threads,
    id: 'S9-burst-of-contexts',
    rule: 'S9',
    title: 'a task sees nothing of the async context that the one before it in its worker has left',
    async run(context) {
      const burst = await startBurst(context, 500);
      const { executor } = burst;
      const { bursts } = context.tasks;
      const found = await Promise.all(numbers(300).map((n) => executor.submit(bursts.leaveContext, n)));
      assert.deepEqual(
        found.filter((n) => n !== undefined),
        [],
      );
    },
  },
  {
    ...threads,
    id: 'X4-burst-terminated',
    rule: 'X4',
    title: 'terminate() in the middle of a burst rejects all that is left, and none starts after it',
    async run(context) {
      const burst = await startBurst(context, 2000, { maxWorkers: 2 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const futures = numbers(2000).map((n) => executor.submit(bursts.spin, n, 10));
      const ends = Promise.allSettled(futures);
      await futures[300];
      await executor.terminate();
      const states = futures.map(({ state }) => state);
      const begun = numbers(2000).filter((n) => burst.timesBegun(n) > 0);
      for (const [n, end] of (await ends).entries()) {
        assert.ok(burst.timesBegun(n) <= 1);
        if (end.status === 'fulfilled') assert.equal(end.value, n);
        else assert.equal((await errorOf(Promise.reject(end.reason))).name, 'ExecutorShutdownError');
      }
      assert.deepEqual(new Set(states), new Set(['fulfilled', 'rejected']));
      assert.deepEqual(
        numbers(2000).filter((n) => burst.timesBegun(n) > 0),
        begun,
      );
    },
  },
  {
    ...threads,
    id: 'X2-burst-cancelled-pending',
    rule: 'X2',
    title:
      'shutdown({ cancelPending }) in the middle of a burst: each task has either been cancelled or run to its end',
    async run(context) {
      const burst = await startBurst(context, 2000, { maxWorkers: 2 });
      const { executor } = burst;
      const { bursts } = context.tasks;
      const futures = numbers(2000).map((n) => executor.submit(bursts.spin, n, 10));
      const ends = Promise.allSettled(futures);
      await futures[300];
      await executor.shutdown({ cancelPending: true });
      for (const [n, end] of (await ends).entries()) {
        assert.equal(end.status, burst.timesBegun(n) === 1 ? 'fulfilled' : 'rejected', `task ${n}`);
        assert.equal(futures[n]?.state, end.status === 'fulfilled' ? 'fulfilled' : 'cancelled');
      }
    },
  },
  ...[1, 2, 3, 4, 5, 6].map(
    (seed): ConformanceCase => ({
      ...threads,
      id: `W3a-burst-at-random-${seed}`,
      rule: 'W3a',
      title: `of a burst with every end at random, none is lost, none runs twice and none pays for another (seed ${seed})`,
      cap: 30_000,
      run: (context) => endAtRandom(seed, context),
    }),
  ),
];
