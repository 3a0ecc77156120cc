import { countOf, everyWay, type LiveCase, secondsOf } from './case.js';

const items = 10_000;
const microseconds = 10;

/** Many small tasks. A library has no `map`: there, each item is a call, and all are submitted at once. */
export const maps: readonly LiveCase[] = ([1, 64, 'auto'] as const).map((chunkSize) => ({
  id: `map-${chunkSize}`,
  title: `map, tasks of ${microseconds} µs, chunkSize ${chunkSize}`,
  about: `${items.toLocaleString('en-US')} items; by a library itself, a call for each, all at once.`,
  group: 'Map',
  unit: 'tasks/s',
  better: 'more',
  every: 4,
  ways: everyWay,
  // More than a library can take that looks through all its tasks for each.
  atOnce: items + 1,
  async measure({ map, crunch }, conditions) {
    const iterations = Math.round((conditions.iterationsPerMs * microseconds) / 1000);
    const length = countOf(items, conditions);
    const list = Array.from({ length }, () => iterations);
    const seconds = await secondsOf(async () => {
      if (map === undefined) await Promise.all(list.map((one) => crunch(one)));
      else for await (const _result of map(list, chunkSize));
    });
    return length / seconds;
  },
}));
