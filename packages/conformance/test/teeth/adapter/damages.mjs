import { subscribe } from 'node:diagnostics_channel';
import { submitting } from './submitting.mjs';

// Damage that only a whole process shows, by the names that the table of saboteurs has.
export const damages = {
  'handles every rejection itself': {
    executor: (executor) =>
      submitting(executor, (submit, ...args) => {
        const future = submit(...args);
        future.catch(() => {});
        return future;
      }),
  },
  'keeps the process alive while it is unused': {
    executor(executor) {
      const timer = setInterval(() => {}, 1e6);
      return submitting(executor, (submit, ...args) => {
        clearInterval(timer);
        return submit(...args);
      });
    },
  },
  'leaves a timer behind': {
    executor(executor) {
      setInterval(() => {}, 1e6).unref();
      return executor;
    },
  },
  'leaves a subscriber behind': {
    executor(executor) {
      subscribe('anypool:worker:exit', () => {});
      return executor;
    },
  },
  'listens on process': {
    onImport: () => void process.on('SIGTERM', () => {}),
  },
  'prints when a worker is lost': {
    executor: (executor) =>
      submitting(executor, (submit, ...args) => {
        const future = submit(...args);
        future.catch((error) => {
          if (error.code === 'ERR_WORKER_CRASHED') console.error(error.message);
        });
        return future;
      }),
  },
  'gives every array a method': {
    executor(executor) {
      Object.defineProperty(Array.prototype, 'last', { value() {}, configurable: true });
      return executor;
    },
  },
  'sets a variable of the environment': {
    executor(executor) {
      process.env['ADAPTER'] = 'bare';
      return executor;
    },
  },
  'keeps the arguments of every task': {
    executor(executor) {
      const kept = [];
      return submitting(executor, (submit, ...args) => {
        kept.push(args);
        return submit(...args);
      });
    },
  },
  'swallows what its processes print': { entry: new URL('./silent-worker.mjs', import.meta.url) },
  'has no guard in its processes': { entry: new URL('./unguarded-worker.mjs', import.meta.url) },
};
