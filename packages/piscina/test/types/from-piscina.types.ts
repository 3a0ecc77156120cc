// Compiled by `pnpm typecheck`, never run.
import type { Executor } from '@anypool/core';
import { type FromPiscinaOptions, fromPiscina, type PiscinaInstance } from '@anypool/piscina';
import { Piscina } from 'piscina';

const pool = new Piscina();
const instance: PiscinaInstance = pool;
const executor: Executor = fromPiscina(pool, { maxWorkers: 2, name: undefined });
// A pool whose owner says what its own tasks take and give.
fromPiscina(new Piscina<string, number>());
const options: FromPiscinaOptions = {
  errors: [TypeError],
  maxQueue: 10,
  startTimeout: 100,
  workerEntry: 'file:///x.js',
};

// @ts-expect-error -- a Piscina has more than run().
fromPiscina({ run: async () => {} });
// @ts-expect-error -- the workers are the pool's.
fromPiscina(pool, { initializer: undefined });
// @ts-expect-error -- neither are they renewed.
fromPiscina(pool, { maxTasksPerWorker: 10 });
// @ts-expect-error -- the kind is the pool's.
fromPiscina(pool, { kind: 'thread' });

export { executor, instance, options };
