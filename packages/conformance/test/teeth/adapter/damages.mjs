// Damage that only a whole process shows, by the names that the table of saboteurs has.
const submitting = (executor, before) =>
  new Proxy(executor, {
    get(target, name) {
      if (name === 'submit') return (...args) => before(target.submit(...args), args);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

export const damages = {
  'handles every rejection itself': {
    executor: (executor) =>
      submitting(executor, (future) => {
        future.catch(() => {});
        return future;
      }),
  },
  'keeps the process alive': {
    executor(executor) {
      setInterval(() => {}, 1e6);
      return executor;
    },
  },
  'leaves a timer behind': {
    executor(executor) {
      setInterval(() => {}, 1e6).unref();
      return executor;
    },
  },
  'listens on process': {
    onImport: () => void process.on('SIGTERM', () => {}),
  },
  'keeps the arguments of every task': {
    executor(executor) {
      const kept = [];
      return submitting(executor, (future, args) => {
        kept.push(args);
        return future;
      });
    },
  },
  'keeps a few kilobytes for each queued task': {
    executor: (executor) => submitting(executor, (future) => Object.assign(future, { kept: new Array(512).fill(0) })),
  },
  'swallows what its processes print': { entry: new URL('./silent-worker.mjs', import.meta.url) },
  'has no guard in its processes': { entry: new URL('./unguarded-worker.mjs', import.meta.url) },
};
