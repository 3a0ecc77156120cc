import type { TaskStream } from '@anypool/core';
import { executors, type Saboteur, workers } from './saboteur.js';

/** P: progress and streams. */
export const streamSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'P1',
      'reports are heard of a turn later',
      'all-before-the-result',
      {
        future(future) {
          const add = future.onProgress.bind(future);
          return Object.assign(future, {
            onProgress: (listener: (value: unknown) => void) => add((value) => setImmediate(listener, value)),
          });
        },
      },
    ],
    ['P2', 'leaving a stream leaves its generator open', 'leaving-by-break', { stream: withoutReturn }],
    ['P3', 'nothing is given out before all is there', 'error-after-the-items', { stream: errorFirst }],
  ),
  ...workers('thread', [
    'P1',
    'reports come in another order',
    'all-before-the-result',
    {
      events: (events) => ({
        message(message) {
          if (message.type === 'report' && typeof message.value === 'number')
            events.message({ ...message, value: message.value ^ 1 });
          else events.message(message);
        },
      }),
    },
  ]),
];

function withoutReturn(items: TaskStream<unknown>): AsyncIterableIterator<unknown> {
  return {
    next: () => items.next(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Reads all that comes before the first item is given out, and gives the error first. */
async function* errorFirst(items: TaskStream<unknown>): AsyncGenerator<unknown> {
  const all = [];
  for await (const item of items) all.push(item);
  yield* all;
}
