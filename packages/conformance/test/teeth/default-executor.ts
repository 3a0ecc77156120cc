import { coreFunctions, executors, type Saboteur } from './saboteur.js';

/** D: the default executor. */
export const defaultExecutorSaboteurs: readonly Saboteur[] = [
  ...coreFunctions(
    'inline',
    ['D1', 'run() has an executor of its own for each task', 'shared'],
    ['D2', 'setDefaultExecutor() shuts the one before down', 'replaced'],
    ['D3', 'runInExecutor() runs everything in the default executor', 'own-executors-keep-apart', 'hangs'],
    ['D4', 'shutdownDefaultExecutor() closes nothing', 'drains'],
  ),
  ...executors(
    [
      'D5',
      'stats() does not say which tasks hold the workers',
      'warns-once',
      { methods: (executor) => ({ stats: () => ({ ...executor.stats(), active: [] }) }) },
    ],
    [
      'D6',
      'a limit lets one task more through',
      'limit',
      { methods: (executor) => ({ limit: (max, name) => executor.limit(max + 1, name) }) },
    ],
  ),
  ...coreFunctions('thread', ['D7', 'run() starts threads inside of a worker, too', 'nested-context']),
];
