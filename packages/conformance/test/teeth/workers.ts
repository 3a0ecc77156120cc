import type { BackendWorker, Outcome } from '@anypool/core/backend';
import { bareBackend } from './bare/backend.mjs';
import { adapters, executors, type Saboteur, workers } from './saboteur.js';

/** W: workers. */
export const workerSaboteurs: readonly Saboteur[] = [
  ...workers(
    'thread',
    [
      'W1',
      'all workers start with the first task',
      'starts-when-needed',
      { options: (options) => ({ ...options, minWorkers: options.maxWorkers }) },
    ],
    [
      'W1',
      'idle workers are killed, not stopped',
      'idle-workers-end',
      { worker: (sound) => ({ stop: sound.kill }) },
      'hangs',
    ],
    [
      'W1',
      'idleTimeout is taken for twenty times as much',
      'as-long-as-the-idle-timeout',
      {
        options: ({ idleTimeout, ...options }) => ({
          ...options,
          ...(idleTimeout !== undefined && { idleTimeout: 20 * idleTimeout }),
        }),
      },
    ],
    [
      'W2',
      'how a worker ended is not told',
      'exit-3',
      { worker: ({ exited }) => ({ exited: exited.then(({ begun }) => (begun === undefined ? {} : { begun })) }) },
    ],
    ['W3', 'the death of an idle worker is heard of at its next task', 'exits-while-idle', { worker: deafWhileIdle }],
    [
      'W3a',
      'it is said of every dead worker that it began nothing',
      'crashing-task-runs-once',
      { worker: ({ exited }) => ({ exited: exited.then((exit) => ({ ...exit, begun: 0 })) }) },
    ],
    [
      'W4',
      'a stack overflow ends the worker',
      'stack-overflow',
      {
        worker: (sound) => ({
          async execute(call, transferList) {
            const outcome = await sound.execute(call, transferList);
            if (!isStackOverflow(outcome)) return outcome;
            sound.kill();
            return new Promise(() => {});
          },
        }),
      },
    ],
    [
      'W5',
      'a worker whose initializer has failed is used',
      'broken-initializer',
      { worker: ({ ready }) => ({ ready: ready.catch(() => {}) }) },
    ],
    ['W6', 'the initializer is not run', 'initializer-runs-once', { init: ({ initializer: _, ...init }) => init }],
    [
      'W6',
      'the initializer is not run in replacements',
      'initializer-in-a-replacement',
      { init: ({ initializer, ...init }) => (init.workerId === 1 && initializer ? { ...init, initializer } : init) },
    ],
    [
      'W7',
      'maxTasksPerWorker is ignored',
      'after-exactly-so-many',
      { options: ({ maxTasksPerWorker: _, ...options }) => options },
    ],
    [
      'W8',
      'that a worker ran out of memory is not told',
      'bounds-the-heap',
      { worker: ({ exited }) => ({ exited: exited.then(({ outOfMemory: _, ...exit }) => exit) }) },
    ],
    [
      'W8',
      'of the resourceLimits one reaches the workers',
      'all-of-the-limits',
      {
        init({ resourceLimits, ...init }) {
          const { maxOldGenerationSizeMb } = resourceLimits ?? {};
          return {
            ...init,
            ...(maxOldGenerationSizeMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb } }),
          };
        },
      },
    ],
    ['W10', 'env does not reach the workers', 'env-replaced', { init: ({ env: _, ...init }) => init }],
    ['W10', 'argv does not reach the workers', 'argv', { init: ({ argv: _, ...init }) => init }],
  ),
  ...workers('process', [
    'W9',
    'threads are given for processes',
    'processes-are-processes',
    { startWorker: bareBackend('thread').startWorker },
  ]),
  ...adapters('process', ['W11', 'has no guard in its processes', 'parent-killed-child-spinning', 'hangs']),
  ...adapters('process', ['W10', 'swallows what its processes print', 'output-arrives-whole']),
  ...executors([
    'W5a',
    'startTimeout is taken for 40 ms',
    'slow-import',
    { options: (options) => ({ ...options, startTimeout: 40 }) },
  ]),
];

function deafWhileIdle(sound: BackendWorker): Partial<BackendWorker> {
  let begin: () => void = () => {};
  let busy = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return {
    async execute(call, transferList) {
      begin();
      const outcome = await sound.execute(call, transferList);
      busy = new Promise((resolve) => {
        begin = resolve;
      });
      return outcome;
    },
    stop() {
      begin();
      sound.stop();
    },
    kill() {
      begin();
      sound.kill();
    },
    // What it began last is forgotten, or the task would go to another worker.
    exited: sound.exited.then(async ({ begun: _, ...exit }) => {
      await busy;
      return exit;
    }),
  };
}

function isStackOverflow(outcome: Outcome): boolean {
  return 'error' in outcome && outcome.error.errors.some(({ message }) => message.startsWith('Maximum call stack'));
}
