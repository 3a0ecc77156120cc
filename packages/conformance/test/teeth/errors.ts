import { TaskModuleError, TaskNotFoundError } from '@anypool/core';
import { adapters, executors, type Saboteur, workers } from './saboteur.js';

/** E: exceptions. */
export const errorSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'E1',
      'errors lose their code and all else of their own',
      'name-message-code',
      { error: (error) => (error instanceof Error && 'code' in error ? new Error(error.message) : error) },
    ],
    [
      'E2',
      'every error is of the class Error',
      'built-in-classes',
      { error: (error) => (error instanceof Error ? Object.setPrototypeOf(error, Error.prototype) : error) },
    ],
    ['E3', 'no class is registered', 'registered-class', { options: ({ errors: _, ...options }) => options }],
    [
      'E4',
      'stacks have no frames',
      'frames-of-the-worker',
      { error: (error) => (error instanceof Error ? Object.assign(error, { stack: `${error}` }) : error) },
    ],
    [
      'E5',
      'whatever is thrown arrives as an Error',
      'anything-may-be-thrown',
      { error: (error) => (error instanceof Error ? error : new Error(String(error))) },
    ],
    [
      'E6',
      'a rejected promise is told by an error around its own',
      'every-way-to-fail',
      {
        error: (error, task) =>
          task.name === 'reject' ? new Error('The task was rejected.', { cause: error }) : error,
      },
    ],
    [
      'E9',
      'the error of a broken module has no cause',
      'broken-modules',
      {
        error: (error) =>
          error instanceof TaskModuleError ? new TaskModuleError(error.message, { module: error.module }) : error,
      },
    ],
    [
      'E10',
      'the error of a missing export does not list those there are',
      'missing-export',
      {
        error: (error) =>
          error instanceof TaskNotFoundError
            ? new TaskNotFoundError(error.message, { module: error.module, exports: [] })
            : error,
      },
    ],
    [
      'E11',
      'results are copied by assignment',
      'values',
      { result: (value) => (isObject(value) ? assigned(value) : value) },
    ],
  ),
  ...workers('thread', [
    'E7',
    'a worker whose task has failed is ended',
    'the-worker-goes-on',
    {
      worker: (sound) => ({
        async execute(call, transferList) {
          const outcome = await sound.execute(call, transferList);
          if ('error' in outcome) sound.kill();
          return outcome;
        },
      }),
    },
  ]),
  ...adapters('thread', ['E8', 'handles every rejection itself', 'ends-the-process']),
];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function assigned(value: Record<string, unknown>): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = value[key];
  return copy;
}
