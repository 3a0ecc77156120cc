// What is wrong with options is told at the call, without Redis.
import { type BullmqExecutorOptions, createExecutor, createWorkerHost, type WorkerHostOptions } from '@anypool/bullmq';
import { inlineExecutor, UnsupportedOptionError } from '@anypool/core';
import { expect, test } from 'vitest';

const where = { connection: { host: '127.0.0.1', lazyConnect: true }, queue: 'images' };

test.each<[object, RegExp, new (message: string, details: never) => Error]>([
  [{ queue: 'images' }, /connection must be given/, TypeError],
  [{ connection: {} }, /queue must be given/, TypeError],
  [{ ...where, connection: 'http://127.0.0.1' }, /connection must be a Redis URL/, RangeError],
  [{ ...where, connection: 'redis://127.0.0.1:6379/abc' }, /a whole number for a database/, RangeError],
  [{ ...where, connection: 'redis://127.0.0.1:6379/-1' }, /a whole number for a database/, RangeError],
  [{ ...where, connection: 'redis://127.0.0.1:6379?db=abc' }, /a whole number for a database/, RangeError],
  [{ ...where, connection: { db: 1.5 } }, /a whole number for a database/, RangeError],
  [{ ...where, connection: 5 }, /connection must be a Redis URL/, TypeError],
  [{ ...where, secret: 5 }, /secret must be/, TypeError],
  [{ ...where, queue: 'a:b' }, /queue must be a name without a colon/, RangeError],
  [{ ...where, secret: '' }, /secret must be/, RangeError],
  [{ ...where, secret: [] }, /secret must be/, RangeError],
  [{ ...where, maxPayload: 0 }, /maxPayload must be/, RangeError],
  [{ ...where, retries: -1 }, /retries must be/, RangeError],
  [{ ...where, orphans: 'forget' }, /orphans must be/, RangeError],
  [{ ...where, onDisconnect: 'hope' }, /onDisconnect must be/, RangeError],
  [{ ...where, modules: { images: 'images.js' } }, /a task module must be/, TypeError],
  [{ ...where, kind: 'thread' }, /no workers of kind 'thread'/, UnsupportedOptionError],
  [
    { ...where, initializer: { task: { module: 'node:os', name: 'x' } } },
    /Give it to the executor of each host/,
    UnsupportedOptionError,
  ],
  [{ ...where, env: {} }, /isolation is false/, UnsupportedOptionError],
  [{ ...where, cancelGrace: 5 }, /terminate is false/, UnsupportedOptionError],
  [{ ...where, quantum: 1 }, /unknown option 'quantum'/, TypeError],
])('createExecutor(%o) is refused', (options, message, type) => {
  const create = () => createExecutor(options as BullmqExecutorOptions);
  expect(create).toThrow(message);
  expect(create).toThrow(type);
});

test.each(['redis://127.0.0.1:1', 'redis://127.0.0.1:1/', 'redis://127.0.0.1:1/2', 'rediss://u:p@127.0.0.1:1?db=2'])(
  '%s is a connection',
  async (connection) => {
    await createExecutor({ ...where, connection }).terminate();
  },
);

test.each<[object, RegExp, new (message: string) => Error]>([
  [{ executor: undefined }, /executor must be given/, TypeError],
  [{ executor: {} }, /executor must be an executor/, TypeError],
  [{ tasks: [] }, /there must be a task module/, RangeError],
  [{ tasks: ['./work.js'] }, /a task module must be/, TypeError],
  [{ tasks: ['/a/work.js', '/b/work.js'] }, /two modules are called 'work'/, RangeError],
  [{ tasks: ['data:text/javascript,'] }, /a task module must be/, TypeError],
  [{ concurrency: 0 }, /concurrency must be/, RangeError],
  [{ executor: inlineExecutor({ maxWorkers: Number.POSITIVE_INFINITY }) }, /concurrency must be given/, RangeError],
  [{ stallTime: 0 }, /stallTime must be/, RangeError],
  [{ port: 1 }, /unknown option 'port'/, TypeError],
])('createWorkerHost({ ..., %o }) is refused', (options, message, type) => {
  const given = { ...where, tasks: ['/work.js'], executor: inlineExecutor(), ...options };
  const create = () => createWorkerHost(given as WorkerHostOptions);
  expect(create).toThrow(message);
  expect(create).toThrow(type);
});

test.each<[object, RegExp, new (message: string) => Error]>([
  [{ timeout: -1 }, /timeout must be/, RangeError],
  [{ timeout: Number.NaN }, /timeout must be/, RangeError],
  [{ timeout: '5' }, /timeout must be/, TypeError],
  [{ force: true }, /unknown option 'force'/, TypeError],
])('close(%o) is refused, and the host can still be closed', async (options, message, type) => {
  const host = createWorkerHost({ ...where, tasks: ['/work.js'], executor: inlineExecutor() });
  const refused = host.close(options as never);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow(type);
  await host.close();
});
