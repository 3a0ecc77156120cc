import { coreFunctions, executors, type Saboteur } from './saboteur.js';

/** M: many tasks. */
export const manySaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'M1',
      'results come in the order of completion',
      'order-of-the-input',
      { map: (map, task, items, options) => map(task, items, { ...options, ordered: false }) },
    ],
    [
      'M2',
      'one more item is read than the buffer holds',
      'reads-no-further-before-the-first-result',
      {
        map: (map, task, items, { buffer, ...options } = {}) =>
          map(task, items, { ...options, ...(buffer !== undefined && { buffer: buffer + 1 }) }),
      },
    ],
    [
      'M3',
      'a failing item is passed over',
      'failure-at-its-place',
      {
        map(map, task, items, options) {
          const results = map(task, items, options);
          return { ...iterator(results), next: () => results.next().catch(() => results.next()) };
        },
      },
    ],
    [
      'M4',
      'leaving the loop leaves the input open',
      'leaving-by-break',
      {
        map(map, task, items, options) {
          const { next, [Symbol.asyncIterator]: self } = iterator(map(task, items, options));
          return { next, [Symbol.asyncIterator]: self };
        },
      },
    ],
    [
      'M5',
      'chunkSize is ignored',
      'one-call-for-several',
      { map: (map, task, items, { chunkSize: _, ...options } = {}) => map(task, items, options) },
    ],
  ),
  ...coreFunctions(
    'inline',
    ['M6', 'wait() rejects where a Future does', 'wait-for-all'],
    ['M6', 'leaving asCompleted() cancels the Futures', 'as-completed-is-left'],
  ),
];

function iterator<T>(results: AsyncIterableIterator<T>): AsyncIterableIterator<T> {
  const own: AsyncIterableIterator<T> = {
    next: () => results.next(),
    return: async (value) => (await results.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return own;
}
