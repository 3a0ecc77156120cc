import { adapters, executors, type Saboteur } from './saboteur.js';

/** Q: the queue. */
export const queueSaboteurs: readonly Saboteur[] = [
  ...executors(
    ['Q1', 'maxQueue is ignored', 'bounds-the-queue', { options: ({ maxQueue: _, ...options }) => options }],
    ['Q2', 'ready() resolves at once', 'one-waiter-for-a-place', { methods: () => ({ ready: async () => {} }) }],
  ),
  ...adapters('thread', ['Q3', 'keeps a few kilobytes for each queued task', 'a-million-tasks']),
];
