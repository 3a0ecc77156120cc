import { AsyncLocalStorage } from 'node:async_hooks';
import { type AnyTask, inlineTask, tasksFrom } from '@anypool/core';
import { posingAs } from './executor-damage.js';
import { executors, type Saboteur, workers } from './saboteur.js';

/** Runs a function in no caller's async context. */
const outside = AsyncLocalStorage.snapshot();
const never = new Promise<never>(() => {});

/** S: submitting and Futures. */
export const submitSaboteurs: readonly Saboteur[] = [
  ...executors(
    [
      'S1',
      'submit() throws where an argument is a function',
      'failures-arrive-as-rejections',
      {
        args(args) {
          if (args.some((arg) => typeof arg === 'function')) throw new TypeError('thrown by submit');
          return args;
        },
      },
    ],
    [
      'S2',
      'all Futures have the same id',
      'id-task-and-cancel',
      { future: (future) => Object.defineProperty(future, 'id', { value: 1 }) },
    ],
    [
      'S3',
      'a Future that was cancelled says that it was rejected',
      'final-states',
      {
        future(future) {
          const state = () => Reflect.get(Object.getPrototypeOf(future), 'state', future);
          return Object.defineProperty(future, 'state', {
            get: () => (state() === 'cancelled' ? 'rejected' : state()),
          });
        },
      },
    ],
    [
      'S4',
      'terminate() forgets the Futures',
      'after-shutdown-or-terminate',
      {
        future: (future) =>
          posingAs(
            future,
            future.catch((error) => (isShutdown(error) ? never : Promise.reject(error))),
          ),
      },
      'hangs',
    ],
    [
      'S5',
      'arguments that are undefined are left out',
      'arguments-are-positional',
      { args: (args) => args.filter((arg) => arg !== undefined) },
    ],
    ['S6', 'a result that is falsy is undefined', 'empty-results', { result: (value) => value || undefined }],
    [
      'S7',
      'priorities are ignored',
      'higher-priority-first',
      { viewOptions: ({ priority: _, ...options }) => options },
    ],
    [
      'S7',
      'priorities end at 1000',
      'however-large-or-close',
      {
        viewOptions: ({ priority, ...options }) => ({
          ...options,
          ...(priority !== undefined && { priority: Math.max(-1000, Math.min(priority, 1000)) }),
        }),
      },
    ],
    [
      'S8',
      'from three on, one task more than maxWorkers runs',
      'as-many-as-max-workers',
      {
        options: ({ maxWorkers = 1, ...options }) => ({
          ...options,
          maxWorkers: maxWorkers < 3 ? maxWorkers : maxWorkers + 1,
        }),
      },
    ],
    [
      'S9',
      'progress listeners are called in no context',
      'progress-listeners',
      {
        future(future) {
          const add = future.onProgress.bind(future);
          return Object.assign(future, {
            onProgress: (listener: (value: unknown) => void) => add((value) => outside(listener, value)),
          });
        },
      },
    ],
    [
      'S11',
      'the text of a function is sent unasked',
      'functions-are-never-sent-unasked',
      { task: (task) => (typeof task === 'function' ? inlineTask(task) : task) },
    ],
    [
      'S12',
      'arguments that partial() bound are lost',
      'binds-leading-arguments',
      { task: ({ module, name }) => taskOf(module, name) },
    ],
    [
      'S13',
      'the signal of a view is ignored',
      'signals-combine',
      { viewOptions: ({ signal: _, ...options }) => options },
      'hangs',
    ],
    [
      'S14',
      'a maxWorkers of 0 is taken for 1',
      'create-executor',
      { options: (options) => (options.maxWorkers === 0 ? { ...options, maxWorkers: 1 } : options) },
    ],
  ),
  ...workers(
    'thread',
    [
      'S4',
      'a worker that exits with a code of its own is never heard of again',
      'after-a-crash',
      { worker: ({ exited }) => ({ exited: exited.then((exit) => ((exit.exitCode ?? 0) > 1 ? never : exit)) }) },
      'hangs',
    ],
    [
      'S10',
      'a module is imported anew for each task',
      'imported-once-per-worker',
      {
        worker: (sound) => ({
          execute: (call, transferList) =>
            sound.execute({ ...call, module: `${call.module}?${call.id}` }, transferList),
        }),
      },
    ],
  ),
];

function taskOf(module: string, name: string): AnyTask {
  const task: AnyTask | undefined = tasksFrom<Record<string, () => void>>(module)[name];
  if (task === undefined) throw new TypeError(`${name} is no task.`);
  return task;
}

function isShutdown(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_EXECUTOR_SHUTDOWN';
}
