import { countOf, type FreshCase, secondsOf } from './case.js';

/** What a process pays that has nothing yet. */
export const start: readonly FreshCase[] = [
  {
    id: 'import',
    title: 'import',
    about: 'Of the package, in a new process.',
    group: 'Start',
    unit: 'ms',
    better: 'less',
    every: 2,
    ways: ['anypool', 'raw'],
    isStart: true,
    async measureFresh({ module }) {
      return module === undefined ? undefined : (await secondsOf(() => import(module))) * 1000;
    },
  },
  {
    id: 'first-result',
    title: 'first result',
    about: 'From the import to the result of a no-op, in a new process, with one worker.',
    group: 'Start',
    unit: 'ms',
    better: 'less',
    every: 2,
    ways: ['anypool', 'raw', 'one-at-a-time'],
    isStart: true,
    async measureFresh({ open }) {
      const seconds = await secondsOf(async () => {
        const pool = await open(1);
        await pool.noop();
      });
      return seconds * 1000;
    },
  },
];

/** What a task costs that waits. */
export const memory: readonly FreshCase[] = [
  queuedTasks(100_000, 'memory-100k', 6),
  queuedTasks(1_000_000, 'memory-1m', 12),
];

function queuedTasks(tasks: number, id: string, every: number): FreshCase {
  return {
    id,
    title: `a queued no-op, of ${tasks.toLocaleString('en-US')}`,
    about: 'Memory of the caller for each: the task and its promise.',
    group: 'Memory',
    unit: 'bytes',
    better: 'less',
    every,
    ways: ['anypool', 'raw'],
    atOnce: tasks,
    // A queue is the same whoever empties it.
    threadsOnly: true,
    async measureFresh({ open }, conditions) {
      const pool = await open(conditions.workers);
      await pool.noop();
      const length = countOf(tasks, conditions);
      const promises = new Array<unknown>(length);
      // Workers that are busy take nothing out of the queue; the process ends before they do.
      for (let i = 0; i < conditions.workers; i += 1) void pool.hold(60_000);
      await new Promise(setImmediate);
      const before = usedBytes();
      for (let i = 0; i < length; i += 1) promises[i] = pool.noop();
      await new Promise(setImmediate);
      const bytes = usedBytes() - before;
      return promises.length === length ? bytes / length : undefined;
    },
  };
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
