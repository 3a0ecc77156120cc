import { countOf, everyWay, type LiveCase, secondsOf } from './case.js';

/** ms that a round of calls, one after the other, takes: short, so that whatever slows the machine down for a while slows every contender down. */
const sequence = 100;

const group = 'Calls';

/** What a call costs: a function that does nothing. */
export const calls: readonly LiveCase[] = [
  {
    id: 'sequential',
    title: 'no-op, one after the other',
    about: 'Each call waits for the one before.',
    group,
    unit: 'tasks/s',
    better: 'more',
    every: 1,
    ways: [...everyWay, 'defaults'],
    async measure(pool, { share }) {
      const start = performance.now();
      let tasks = 0;
      for (; performance.now() < start + sequence * share; tasks += 1) await pool.noop();
      return (tasks * 1000) / (performance.now() - start);
    },
  },
  atOnce(10_000, 3, 'at-once-10k'),
  atOnce(100_000, 4, 'at-once-100k'),
];

function atOnce(tasks: number, every: number, id: string): LiveCase {
  return {
    id,
    title: `no-op, ${tasks.toLocaleString('en-US')} at once`,
    about: 'All are submitted, then all are waited for.',
    group,
    unit: 'tasks/s',
    better: 'more',
    every,
    ways: tasks > 10_000 ? everyWay : [...everyWay, 'defaults'],
    atOnce: tasks,
    async measure(pool, conditions) {
      const length = countOf(tasks, conditions);
      return length / (await secondsOf(() => Promise.all(Array.from({ length }, () => pool.noop()))));
    },
  };
}
