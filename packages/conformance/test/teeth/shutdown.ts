import { type Executor, inlineExecutor } from '@anypool/core';
import type { WorkerExit } from '@anypool/core/backend';
import { adapters, coreFunctions, executors, type Saboteur, workers } from './saboteur.js';

/** X: shutdown and exit. */
export const shutdownSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'X1',
      'shutdown() does not wait for the tasks',
      'finishes-what-it-has',
      {
        methods: (executor) => ({
          async shutdown(options) {
            void executor.shutdown(options);
          },
        }),
      },
    ],
    [
      'X1',
      'limit() and scope() take tasks after the shutdown',
      'refuses-new-tasks',
      {
        methods(executor) {
          const open = (): Executor => (executor.state === 'running' ? executor : inlineExecutor());
          return {
            limit: (maxConcurrent, name) => open().limit(maxConcurrent, name),
            scope: (body, options) => open().scope(body, options),
          };
        },
      },
    ],
    [
      'X2',
      'cancelPending is ignored',
      'cancel-pending',
      { methods: (executor) => ({ shutdown: ({ cancelPending: _, ...options } = {}) => executor.shutdown(options) }) },
    ],
    [
      'X3',
      'timeout is taken for a 32-bit integer',
      'long-timeouts',
      {
        methods: (executor) => ({
          shutdown: ({ timeout, ...options } = {}) =>
            executor.shutdown({ ...options, ...(timeout !== undefined && { timeout: Math.max(timeout | 0, 0) }) }),
        }),
      },
    ],
    [
      'X4',
      'terminate() waits for the tasks that run',
      'terminate',
      { methods: (executor) => ({ terminate: () => executor.shutdown({ cancelPending: true }) }) },
    ],
    [
      'X5',
      'disposal is terminate()',
      'dispose',
      { methods: (executor) => ({ [Symbol.asyncDispose]: () => executor.terminate() }) },
    ],
    [
      'X5',
      'a second shutdown() resolves at once',
      'twice-and-together',
      {
        methods(executor) {
          let isAsked = false;
          return {
            async shutdown(options) {
              if (isAsked) return;
              isAsked = true;
              await executor.shutdown(options);
            },
          };
        },
      },
    ],
    [
      'X5a',
      'scope() does not wait for its tasks',
      'value-of-the-body',
      { methods: (executor) => ({ scope: (body) => body(executor) }) },
    ],
  ),
  ...workers('thread', [
    'X4',
    'a thread that is killed goes on for a while',
    'the-thread-is-gone',
    {
      worker(sound) {
        let tell: (exit: WorkerExit) => void = () => {};
        const told = new Promise<WorkerExit>((resolve) => {
          tell = resolve;
        });
        return {
          kill() {
            tell({});
            setTimeout(sound.kill, 400);
          },
          exited: Promise.race([sound.exited, told]),
        };
      },
    },
  ]),
  ...adapters(
    'thread',
    ['X6', 'keeps the process alive while it is unused', 'unused-executor', 'hangs'],
    ['X7', 'leaves a timer behind', 'nothing-is-left'],
    ['X7', 'leaves a subscriber behind', 'nothing-is-left'],
    ['X8', 'listens on process', 'import'],
    ['X8', 'prints when a worker is lost', 'silent-in-trouble'],
    ['X8', 'gives every array a method', 'globals'],
    ['X8', 'sets a variable of the environment', 'globals'],
  ),
  ...coreFunctions('inline', ['X8', 'shutdownOnSignal() ends the process without the signal', 'drain']),
];
