// M5 where workers do not do what was expected of them, and what of it cannot be seen from outside.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Executor, type ExecutorOptions, inlineExecutor, inlineTask } from '@anypool/core';
import {
  type BackendWorker,
  type Call,
  type ChunkOrder,
  capabilities,
  createExecutorFrom,
  type Outcome,
  type WorkerEvents,
  type WorkerExit,
} from '@anypool/core/backend';
import { expect, test } from 'vitest';

const task = inlineTask((value: number) => value);

type Execute = (call: Call, worker: number, events: WorkerEvents) => Promise<Outcome>;

/** An executor of one worker at a time, whose calls are answered here. `exits` says how a worker ends by itself, and when. */
function executorOf(
  execute: Execute,
  exits: (worker: number) => Promise<WorkerExit> | undefined = () => undefined,
  options: Pick<ExecutorOptions, 'maxQueue'> = {},
): Executor {
  const startWorker = (init: { readonly workerId: number }, events: WorkerEvents): BackendWorker => {
    let exit: (how: WorkerExit) => void = () => {};
    const exited = new Promise<WorkerExit>((resolve) => {
      exit = resolve;
    });
    void exits(init.workerId)?.then(exit);
    return {
      ready: Promise.resolve(),
      prefetch: 0,
      execute: (call) => execute(call, init.workerId, events),
      send() {},
      stop: () => exit({}),
      kill: () => exit({}),
      exited,
    };
  };
  const backend = {
    name: 'scripted',
    kind: 'thread',
    capabilities: capabilities({ terminate: true, recycle: true }),
    startWorker,
  } as const;
  return createExecutorFrom(backend, { kind: 'thread', maxWorkers: 1, ...options });
}

function itemsOf(call: Call): readonly number[] {
  return call.args.at(-1) as number[];
}

async function outcome(results: AsyncIterable<unknown>): Promise<{ values: unknown[]; error?: unknown }> {
  const values: unknown[] = [];
  try {
    for await (const value of results) values.push(value);
  } catch (error) {
    return { values, error };
  }
  return { values };
}

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a number', 7],
  ['a list that is none', { values: 'all' }],
  ['more results than items', { values: [1, 2, 3, 4] }],
  ['no results at all', { values: [] }],
  ['a failure that makes no sense', { values: [1], failure: 'broken' }],
  ['patches that make no sense', { values: [1, 2, 3], patches: 5 }],
])('S4: a map ends where a worker answers a chunk with %s', async (_title, value) => {
  const executor = executorOf(async (call) => ({ id: call.id, sent: 0, value }));
  const { error } = await outcome(executor.map(task, [1, 2, 3], { chunkSize: 3 }));
  expect(error).toHaveProperty('code', 'ERR_WORKER_CRASHED');
  await executor.terminate();
  expect(executor.state).toBe('closed');
});

test('S4: a map ends where results that a worker sends ahead make no sense', async () => {
  const executor = executorOf(async (call, _worker, events) => {
    events.message({ type: 'item', id: call.id, value: 'broken' });
    return new Promise(() => {});
  });
  expect((await outcome(executor.map(task, [1, 2, 3], { chunkSize: 3 }))).error).toHaveProperty(
    'code',
    'ERR_WORKER_CRASHED',
  );
  await executor.terminate();
});

test('M5: results that come ahead of the outcome, or after it, are each given out once', async () => {
  const executor = executorOf(async (call, _worker, events) => {
    events.message({ type: 'item', id: call.id, value: { values: itemsOf(call).slice(0, 1) } });
    setImmediate(() => events.message({ type: 'item', id: call.id, value: { values: itemsOf(call).slice(1, 2) } }));
    return { id: call.id, sent: 2, value: { values: itemsOf(call).slice(2) } };
  });
  expect(await outcome(executor.map(task, [1, 2, 3, 4, 5, 6, 7, 8], { chunkSize: 4 }))).toEqual({
    values: [1, 2, 3, 4, 5, 6, 7, 8],
  });
  await executor.shutdown();
});

test('M5: what a worker leaves of a chunk is done by the next call, and nothing twice', async () => {
  const calls: (readonly number[])[] = [];
  const executor = executorOf(async (call) => {
    calls.push(itemsOf(call));
    return { id: call.id, sent: 0, value: { values: itemsOf(call).slice(0, 2) } };
  });
  expect(await outcome(executor.map(task, [1, 2, 3, 4, 5, 6], { chunkSize: 5 }))).toEqual({
    values: [1, 2, 3, 4, 5, 6],
  });
  expect(calls.flatMap((items) => items.slice(0, 2)).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  await executor.shutdown();
});

test('M5: an item that cannot travel is refused after those before it, also where a worker has left some of them', async () => {
  const executor = executorOf(async (call) => ({ id: call.id, sent: 0, value: { values: itemsOf(call).slice(0, 1) } }));
  const anything = inlineTask((value: unknown) => value);
  const { values, error } = await outcome(executor.map(anything, [1, 2, 3, () => {}, 5], { chunkSize: 5 }));
  expect(values).toEqual([1, 2, 3]);
  expect(error).toHaveProperty('path', 'args[0]');
  await executor.shutdown();
});

test('W3a: a chunk that a worker provably never began goes to another, as a whole', async () => {
  const executor = executorOf(
    (call, worker) =>
      worker === 1
        ? new Promise(() => {})
        : Promise.resolve({ id: call.id, sent: 0, value: { values: itemsOf(call) } }),
    (worker) => (worker === 1 ? new Promise((resolve) => setTimeout(resolve, 20, { begun: 0 })) : undefined),
  );
  expect(await outcome(executor.map(task, [1, 2, 3, 4], { chunkSize: 3 }))).toEqual({ values: [1, 2, 3, 4] });
  await executor.shutdown();
});

test('M5: a chunk of which a worker began something goes to no other', async () => {
  const calls: number[] = [];
  const executor = executorOf(
    (call, worker, events) => {
      calls.push(worker);
      if (calls.length === 1) events.message({ type: 'item', id: call.id, value: { values: [1] } });
      return new Promise(() => {});
    },
    (worker) => (worker === 1 ? new Promise((resolve) => setTimeout(resolve, 20, { exitCode: 1 })) : undefined),
  );
  const { values, error } = await outcome(executor.map(task, [1, 2, 3], { chunkSize: 3 }));
  expect(values).toEqual([1]);
  expect(error).toHaveProperty('code', 'ERR_WORKER_CRASHED');
  expect(calls).toEqual([1]);
  await executor.terminate();
});

test("M5: 'auto' sends one item first, more as they prove to be quick, and few again when they are slow", async () => {
  const sizes: number[] = [];
  let each = 0.01;
  const orders: (ChunkOrder | undefined)[] = [];
  const executor = executorOf(async (call) => {
    const values = itemsOf(call);
    sizes.push(values.length);
    orders.push(call.chunk);
    if (sizes.length > 40) each = 3;
    return { id: call.id, sent: 0, value: { values, time: each * values.length } };
  });
  function* input(): Generator<number> {
    for (let i = 0; sizes.length < 200; i += 1) yield i;
  }
  const { error } = await outcome(executor.map(task, input(), { chunkSize: 'auto' }));
  expect(error).toBe(undefined);
  expect(sizes[0]).toBe(1);
  // 1.5 ms of items of 10 µs.
  expect(Math.max(...sizes)).toBeGreaterThanOrEqual(140);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(150);
  for (const [i, size] of sizes.slice(1, 40).entries())
    expect(size).toBeLessThanOrEqual(2 * Math.max(...sizes.slice(0, i + 1)));
  // Those cut before are handed over in parts, too.
  expect(Math.max(...sizes.slice(50))).toBe(1);
  expect(orders.every((order) => typeof order?.budget === 'number')).toBe(true);
  await executor.shutdown();
});

test('X1: what a chunk leaves is done also when the executor takes nothing more', async () => {
  const input = Array.from({ length: 400 }, (_, i) => i);
  let shutdown: Promise<void> | undefined;
  let read = 0;
  function* counted(): Generator<number> {
    for (const item of input) {
      read += 1;
      yield item;
    }
  }
  const executor = executorOf(async (call) => {
    const values = itemsOf(call);
    if (shutdown === undefined && read === input.length && values.length > 4) shutdown = executor.shutdown();
    // Slow all at once: the call ends after its first item, and the rest is to go in chunks of one.
    if (shutdown !== undefined) return { id: call.id, sent: 0, value: { values: values.slice(0, 1), time: 50 } };
    return { id: call.id, sent: 0, value: { values, time: 0.02 * values.length } };
  });
  expect(await outcome(executor.map(task, counted(), { chunkSize: 'auto' }))).toEqual({ values: input });
  expect(shutdown).toBeDefined();
  await shutdown;
  expect(executor.state).toBe('closed');
  expect(executor.stats()).toMatchObject({ completed: input.length, failed: 0, cancelled: 0 });
});

test('O1: what a chunk leaves counts as no failure where there may be no room for it, nor in a scope', async () => {
  const input = Array.from({ length: 400 }, (_, i) => i);
  let slow = false;
  const execute: Execute = async (call) => {
    const values = itemsOf(call);
    slow ||= values.length > 4;
    if (slow) return { id: call.id, sent: 0, value: { values: values.slice(0, 1), time: 50 } };
    return { id: call.id, sent: 0, value: { values, time: 0.02 * values.length } };
  };
  const executor = executorOf(execute, undefined, { maxQueue: 1 });
  const end = await executor.scope((group) => outcome(group.map(task, input.values(), { chunkSize: 'auto' })));
  expect(end).toEqual({ values: input });
  expect(executor.stats()).toMatchObject({ completed: input.length, failed: 0, cancelled: 0 });
  await executor.shutdown();
});

test('M4: nothing more of what a chunk leaves is submitted once the map is left by who hears of the first of it', async () => {
  let slow = false;
  const executor = executorOf(async (call) => {
    const values = itemsOf(call);
    slow ||= values.length > 4;
    if (slow) return { id: call.id, sent: 0, value: { values: values.slice(0, 1), time: 50 } };
    return { id: call.id, sent: 0, value: { values, time: 0.02 * values.length } };
  });
  const results = executor.map(task, Array(400).keys(), { chunkSize: 'auto' });
  let submitted = 0;
  const onSubmit = (): void => {
    if (slow) submitted += 1;
    if (submitted === 1) void results.return?.();
  };
  subscribe('anypool:task:submit', onSubmit);
  const { error } = await outcome(results);
  await executor.shutdown();
  unsubscribe('anypool:task:submit', onSubmit);
  expect([error, submitted]).toEqual([undefined, 1]);
});

test('S9: the input of a map in chunks is read in the context of the one who asks for results', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen = new Set<unknown>();
  function* input(): Generator<number> {
    for (let i = 0; i < 50; i += 1) {
      seen.add(storage.getStore());
      yield i;
    }
  }
  const executor = inlineExecutor({ maxWorkers: 2 });
  await storage.run('request', async () => {
    for await (const _ of executor.map(task, input(), { chunkSize: 4 })) expect(storage.getStore()).toBe('request');
  });
  expect([...seen]).toEqual(['request']);
  await executor.shutdown();
});

test('M5: the end of an input of known length is shared out, so that no worker has the rest to itself', async () => {
  const sizes: number[] = [];
  const executor = executorOf(async (call) => {
    const values = itemsOf(call);
    sizes.push(values.length);
    return { id: call.id, sent: 0, value: { values, time: 0.001 * values.length } };
  });
  await outcome(executor.map(task, new Array(4000).fill(1), { chunkSize: 'auto' }));
  expect(Math.max(...sizes)).toBeGreaterThan(100);
  expect(sizes.at(-1)).toBeLessThanOrEqual(2);
  await executor.shutdown();
});
