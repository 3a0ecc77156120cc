import { setTimeout as delay } from 'node:timers/promises';
import { countOf, type LiveCase, secondsOf } from './case.js';

const group = 'Ends';
const queued = 5000;
/** ms that a task has its worker while others wait, and at the most. */
const held = 30;
const endless = 20_000;

/** What it costs when a task is taken back, may be taken back, or takes its worker along. */
export const ends: readonly LiveCase[] = [
  {
    id: 'cancel-queued',
    title: 'a task submitted, and cancelled in the queue',
    about: `Of ${queued.toLocaleString('en-US')} that wait for a worker, each.`,
    group,
    unit: 'µs',
    better: 'less',
    every: 4,
    ways: ['anypool', 'raw'],
    async measure({ cancellableNoop, hold }, conditions) {
      if (cancellableNoop === undefined) return undefined;
      const holding = Array.from({ length: conditions.workers }, () => hold(held));
      const length = countOf(queued, conditions);
      const seconds = await secondsOf(() => {
        const tasks = Array.from({ length }, cancellableNoop);
        for (const task of tasks) task.cancel();
        return Promise.all(tasks.map(({ ended }) => ended));
      });
      await Promise.all(holding);
      return (seconds * 1e6) / length;
    },
  },
  {
    id: 'timeout-armed',
    title: 'a time limit that is not reached',
    about: 'The rate of no-ops with one of a minute, of the rate of those without; 2,000 at once.',
    group,
    unit: '%',
    better: 'more',
    every: 2,
    ways: ['anypool', 'raw'],
    async measure({ noop, noopWithin }, conditions) {
      if (noopWithin === undefined) return undefined;
      const length = countOf(2000, conditions);
      const plain = () => secondsOf(() => Promise.all(Array.from({ length }, noop)));
      const limited = () => secondsOf(() => Promise.all(Array.from({ length }, () => noopWithin(60_000))));
      // Each as often before the other as behind it.
      const first = await plain();
      const between = (await limited()) + (await limited());
      return (100 * (first + (await plain()))) / between;
    },
  },
  {
    id: 'cancel-running',
    title: 'an endless task ended by force',
    about: 'From cancel() to the result of the next task, with one worker.',
    group,
    unit: 'ms',
    better: 'less',
    every: 2,
    ways: ['anypool', 'raw', 'one-at-a-time'],
    workers: 1,
    async measure({ endableHold, noop }) {
      if (endableHold === undefined) return undefined;
      const task = endableHold(endless);
      // No pool says when a task has begun; by then it has, or what is measured is only more.
      await delay(50);
      const seconds = await secondsOf(async () => {
        task.cancel();
        await Promise.all([task.ended, noop()]);
      });
      return seconds * 1000;
    },
  },
  {
    id: 'crash',
    title: 'a task that ends its worker',
    about: 'From submitting it to the result of the next task, with one worker.',
    group,
    unit: 'ms',
    better: 'less',
    every: 2,
    ways: ['anypool', 'raw', 'one-at-a-time'],
    workers: 1,
    async measure({ crash, noop }) {
      if (crash === undefined) return undefined;
      const seconds = await secondsOf(async () => {
        await crash();
        await noop();
      });
      return seconds * 1000;
    },
  },
];
