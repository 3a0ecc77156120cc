// Core, but for the functions that the environment variable ANYPOOL_DAMAGE says are broken, by the names that the table of saboteurs has.
// A variable, because scripts and workers have it as well.
import { isMainThread } from 'node:worker_threads';
import * as core from '@anypool/core';
import { createExecutorFrom } from '@anypool/core/backend';
import { submitting } from '../adapter/submitting.mjs';
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
  'leaving asCompleted() cancels the Futures': {
    async *asCompleted(futures, options) {
      const all = [...futures];
      try {
        yield* core.asCompleted(all, options);
      } finally {
        for (const future of all) future.cancel();
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
  'shutdownDefaultExecutor() closes nothing': {
    shutdownDefaultExecutor: async () => {},
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
  'inlineExecutor() goes through all Futures when one is fulfilled': {
    inlineExecutor(options) {
      const executor = core.inlineExecutor(options);
      const futures = [];
      const goThrough = () => void futures.findLast((future) => future === undefined);
      return submitting(executor, (submit, ...args) => {
        const future = submit(...args);
        futures.push(future);
        future.then(goThrough, () => {});
        return future;
      });
    },
  },
  'registerContextCarrier() takes nothing of the context along': {
    registerContextCarrier: (carrier) => core.registerContextCarrier({ ...carrier, inject: () => ({}) }),
  },
};

function damageable(name) {
  const sound = Reflect.get(core, name);
  return (...args) => (damages[process.env['ANYPOOL_DAMAGE']]?.[name] ?? sound)(...args);
}

export const inlineExecutor = damageable('inlineExecutor');
export const wait = damageable('wait');
export const asCompleted = damageable('asCompleted');
export const run = damageable('run');
export const runInExecutor = damageable('runInExecutor');
export const setDefaultExecutor = damageable('setDefaultExecutor');
export const shutdownDefaultExecutor = damageable('shutdownDefaultExecutor');
export const shutdownOnSignal = damageable('shutdownOnSignal');
export const registerContextCarrier = damageable('registerContextCarrier');
