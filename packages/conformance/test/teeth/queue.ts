import { coreFunctions, executors, type Saboteur } from './saboteur.js';

/** Q: the queue. */
export const queueSaboteurs: readonly Saboteur[] = [
  ...executors(
    ['Q1', 'maxQueue is ignored', 'bounds-the-queue', { options: ({ maxQueue: _, ...options }) => options }],
    ['Q2', 'ready() resolves at once', 'one-waiter-for-a-place', { methods: () => ({ ready: async () => {} }) }],
  ),
  ...coreFunctions('inline', [
    'Q3',
    'inlineExecutor() goes through all Futures when one is fulfilled',
    'starts-at-any-length',
  ]),
];
