import type { Way } from '../pool.js';
import { countOf, everyWay, type LiveCase, secondsOf } from './case.js';

const items = 50_000;
const microseconds = 10;

/** Many small tasks. A library has no `map`: there, each item is a call, whatever the size of a chunk, and so it is measured once. */
export const maps: readonly LiveCase[] = [
  mapCase(1, 6, ['anypool']),
  mapCase(64, 4, ['anypool']),
  mapCase('auto', 4, everyWay),
];

function mapCase(chunkSize: number | 'auto', every: number, ways: readonly Way[]): LiveCase {
  const others = ways.length > 1 ? ' By a library itself, and by bare messages, a call for each, all at once.' : '';
  return {
    id: `map-${chunkSize}`,
    title: `map, tasks of ${microseconds} µs, chunkSize ${chunkSize}`,
    about: `${items.toLocaleString('en-US')} items.${others}`,
    group: 'Map',
    unit: 'tasks/s',
    better: 'more',
    every,
    ways,
    atOnce: items,
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
  };
}
