// C2, M5: what is told of a call while it is handed over comes to the worker after the call, which it would know nothing of before.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { tasksFrom } from '@anypool/core';
import { type BackendWorker, capabilities, createExecutorFrom, relay } from '@anypool/core/backend';
import { expect, test } from 'vitest';

const { work } = tasksFrom<{ work(): void }>('file:///work.js');

/** An executor whose one worker never answers, and all that it was given, in order. */
function recording(name: string) {
  const given: string[] = [];
  const exited = Promise.withResolvers<object>();
  const worker: BackendWorker = {
    ready: Promise.resolve(),
    prefetch: 0,
    execute: ({ id }) => {
      given.push(`call ${id}`);
      return new Promise(() => {});
    },
    send: ({ type, id }) => void given.push(`${type} ${id}`),
    stop: () => exited.resolve({}),
    kill: () => exited.resolve({}),
    exited: exited.promise,
  };
  const backend = {
    name: 'recording',
    kind: 'thread',
    capabilities: capabilities({}),
    startWorker: () => worker,
  } as const;
  return { executor: createExecutorFrom(backend, { name, maxWorkers: 1 }), given };
}

test('a cancel by who hears of the start', async () => {
  const { executor, given } = recording('told at the start');
  const future = executor.submit(work);
  const cancel = (message: unknown): void => {
    if (Object(message).executor === 'told at the start') future.cancel('enough');
  };
  subscribe('anypool:task:start', cancel);
  await expect(future).rejects.toBe('enough');
  unsubscribe('anypool:task:start', cancel);
  expect(given).toEqual(['call 1', 'cancel 1']);
  await executor.terminate();
});

test('what another process has told of a relayed call before a worker has it', async () => {
  const { executor, given } = recording('told beforehand');
  const behalf = { id: 7, executor: 'remote', kind: 'remote', workerId: 1 } as const;
  const call = { id: 7, module: work.module, name: work.name, args: [[1, 2]], chunk: {}, behalf };
  const relayed = relay(executor, call, () => {});
  relayed.control({ type: 'withdraw', id: 7 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toEqual(['call 1', 'withdraw 1']);
  await executor.terminate();
  await relayed.outcome;
});
