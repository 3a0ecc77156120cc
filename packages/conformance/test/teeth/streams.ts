import type { TaskStream } from '@anypool/core';
import { executors, type Saboteur, workers } from './saboteur.js';

/** P: progress and streams. */
export const streamSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'P1',
      'reports are heard of when it is too late',
      'all-before-the-result',
      {
        future(future) {
          const add = future.onProgress.bind(future);
          return Object.assign(future, {
            onProgress: (listener: (value: unknown) => void) => add((value) => setTimeout(listener, 100, value)),
          });
        },
      },
    ],
    ['P2', 'leaving a stream leaves its generator open', 'leaving-by-break', { stream: withoutReturn }],
    ['P3', 'an error comes before the items that were read ahead', 'error-after-the-items', { stream: errorFirst }],
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

/** Reads a hundred items before the first one is given out, and gives an error among them first. */
async function* errorFirst(items: TaskStream<unknown>): AsyncGenerator<unknown> {
  const read: unknown[] = [];
  for await (const item of items) if (read.push(item) === 100) yield* read.splice(0);
  yield* read;
}
