import { ExecutorError, TaskModuleError, TaskNotFoundError } from '@anypool/core';
import { adapters, executors, type Saboteur, workers } from './saboteur.js';

/** E: exceptions. */
export const errorSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'E1',
      'errors of tasks lose their code',
      'name-message-code',
      { error: (error) => (isOfTask(error) ? without(error, 'code') : error) },
    ],
    [
      'E1',
      'messages end after 1000 characters',
      'long-texts',
      {
        error: (error) =>
          error instanceof Error ? Object.assign(error, { message: error.message.slice(0, 1000) }) : error,
      },
    ],
    [
      'E2',
      'a TypeError is a plain Error',
      'built-in-classes',
      { error: (error) => (error instanceof TypeError ? Object.setPrototypeOf(error, Error.prototype) : error) },
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
      'a thrown undefined arrives as an Error',
      'anything-may-be-thrown',
      { error: (error) => (error === undefined ? new Error('undefined') : error) },
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
      { result: (value) => (isPlain(value) ? assigned(value) : value) },
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
  ...adapters('thread', ['E8', 'handles every rejection itself', 'the-event']),
];

function isOfTask(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof ExecutorError);
}

function without(error: Error, property: string): Error {
  Reflect.deleteProperty(error, property);
  return error;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function assigned(value: Record<string, unknown>): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = value[key];
  return copy;
}
