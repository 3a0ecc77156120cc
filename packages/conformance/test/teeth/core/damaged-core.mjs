// Core, but for the functions that the environment variable ANYPOOL_DAMAGE says are broken, by the names that the table of saboteurs has.
// A variable, because scripts and workers have it as well.
import { isMainThread } from 'node:worker_threads';
import * as core from '@anypool/core';
import { createExecutorFrom } from '@anypool/core/backend';
import { bareBackend } from '../bare/backend.mjs';

export * from '@anypool/core';

const damages = {
  'wait() rejects where a Future does': {
    wait: async (futures, options) => {
      const all = [...futures];
      await Promise.all(all);
      return core.wait(all, options);
    },
  },
  'asCompleted() gives what it was given in the order in which it was given': {
    async *asCompleted(futures) {
      for (const future of futures) {
        await future.catch(() => {});
        yield future;
      }
    },
  },
  'run() has an executor of its own for each task': {
    run: (task, ...args) => core.inlineExecutor().submit(task, ...args),
  },
  'setDefaultExecutor() shuts the one before down': {
    setDefaultExecutor(executor) {
      const before = core.setDefaultExecutor(executor);
      void before?.shutdown({ cancelPending: true });
      return before;
    },
  },
  'runInExecutor() runs everything in the default executor': {
    runInExecutor: (_executor, task, ...args) => core.runInExecutor(null, task, ...args),
  },
  'shutdownDefaultExecutor() gives the tasks no time': {
    shutdownDefaultExecutor: () => core.shutdownDefaultExecutor({ timeout: 0 }),
  },
  'run() starts threads inside of a worker, too': {
    run: (task, ...args) =>
      isMainThread
        ? core.run(task, ...args)
        : createExecutorFrom(bareBackend('thread'), { maxWorkers: 1 }).submit(task, ...args),
  },
  'shutdownOnSignal() ends the process without the signal': {
    shutdownOnSignal(executors, { signals = ['SIGTERM', 'SIGINT'] } = {}) {
      const all = [executors].flat();
      const drain = () => void Promise.all(all.map((executor) => executor.shutdown())).then(() => process.exit(0));
      for (const signal of signals) process.once(signal, drain);
      return { [Symbol.dispose]() {} };
    },
  },
  'registerContextCarrier() takes nothing of the context along': {
    registerContextCarrier: (carrier) => core.registerContextCarrier({ ...carrier, inject: () => ({}) }),
  },
};

const damageable =
  (name) =>
  (...args) =>
    (damages[process.env['ANYPOOL_DAMAGE']]?.[name] ?? core[name])(...args);

export const wait = damageable('wait');
export const asCompleted = damageable('asCompleted');
export const run = damageable('run');
export const runInExecutor = damageable('runInExecutor');
export const setDefaultExecutor = damageable('setDefaultExecutor');
export const shutdownDefaultExecutor = damageable('shutdownDefaultExecutor');
export const shutdownOnSignal = damageable('shutdownOnSignal');
export const registerContextCarrier = damageable('registerContextCarrier');
