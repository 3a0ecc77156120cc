// Compiled by `pnpm typecheck`, never run.
import type { Executor } from '@anypool/core';
import { type FromTinypoolOptions, fromTinypool, type TinypoolInstance } from '@anypool/tinypool';
import { Tinypool } from 'tinypool';

const pool = new Tinypool();
const instance: TinypoolInstance = pool;
const executor: Executor = fromTinypool(pool, { maxWorkers: 2, name: undefined });
const options: FromTinypoolOptions = {
  errors: [TypeError],
  maxQueue: 10,
  startTimeout: 100,
  workerEntry: 'file:///x.js',
};

// @ts-expect-error -- a Tinypool has more than run().
fromTinypool({ run: async () => {} });
// @ts-expect-error -- the workers are the pool's.
fromTinypool(pool, { initializer: undefined });
// @ts-expect-error -- neither are they renewed.
fromTinypool(pool, { maxTasksPerWorker: 10 });
// @ts-expect-error -- the kind is the pool's.
fromTinypool(pool, { kind: 'thread' });

export { executor, instance, options };
