import { setImmediate as turn } from 'node:timers/promises';
import { testConformance } from '@anypool/conformance/vitest';
import { type ExecutorOptions, inlineTask, tasksFrom } from '@anypool/core';
import { checkKind } from '@anypool/core/backend';
import { fromTinypool } from '@anypool/tinypool';
import { Tinypool } from 'tinypool';
import { afterAll, describe, expect, test } from 'vitest';
import { whyNot } from '../dist/from-tinypool-call.js';
import { ChannelLine } from '../dist/from-tinypool-process.js';

type PoolOptions = NonNullable<ConstructorParameters<typeof Tinypool>[0]>;

/** The pools of the conformance cases, which know only of executors. */
const pools: Tinypool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
});

// What is about the start and end of workers is the pool's affair.
function createExecutor({ kind, minWorkers, idleTimeout, stopTimeout, ...options }: ExecutorOptions) {
  const { maxWorkers = 2 } = options;
  const pool = new Tinypool({
    runtime: checkKind('tinypool', kind, ['thread', 'process']) === 'process' ? 'child_process' : 'worker_threads',
    minThreads: 0,
    // With tinypool's own idleTimeout of 0, a worker ends between two tasks, and many have to wait for a new one.
    idleTimeout: 500,
    // JSON, which the tests below have, takes a minute for the 100 MB of V7.
    serialization: 'advanced',
    maxThreads: Number.isInteger(maxWorkers) && maxWorkers > 0 ? maxWorkers : 2,
  });
  pools.push(pool);
  return fromTinypool(pool, options);
}

const reason = 'there is no initializer: the workers are not the executor’s';

// Processes have the tests below; the cases for them take as long as those for a whole adapter.
testConformance({
  module: import.meta.resolve('@anypool/tinypool'),
  kinds: ['thread'],
  createExecutor,
  knownGaps: [
    { rule: 'S10', case: 'S10-imported-by-the-initializer', reason },
    { rule: 'O4', case: 'O4-values-arrive', reason },
    { rule: 'O4', case: 'O4-as-they-were-at-submit', reason },
    { rule: 'O4', case: 'O4-one-side-only', reason },
    { rule: 'O4', case: 'O4-disposed', reason },
    { rule: 'O4', case: 'O4-inject-fails', reason },
    { rule: 'O4', case: 'O4-extract-misbehaves', reason },
  ],
});

/** The owner's own tasks, as a module of theirs would have them. */
const own = `data:text/javascript,${encodeURIComponent(`
  export default (value) => value + '!';
  export const context = async () => (await import(${JSON.stringify(import.meta.resolve('@anypool/core/task'))})).taskContext().taskId;
  export const exit = () => process.exit(5);
  export const forever = () => new Promise(() => {});
`)}`;

const double = inlineTask((value: number) => value * 2);
const later = inlineTask((value: number) => new Promise<number>((resolve) => setTimeout(resolve, 20, value)));
const forever = inlineTask(() => new Promise<void>(() => {}));
const exit = inlineTask((code: number) => process.exit(code));
const throwLate = inlineTask(() => {
  setTimeout(() => {
    throw new RangeError('nobody caught this');
  }, 1);
  return new Promise<void>(() => {});
});

const runtimes: Readonly<Record<string, PoolOptions>> = {
  threads: { runtime: 'worker_threads' },
  'threads without atomics': { runtime: 'worker_threads', useAtomics: false },
  'processes that speak JSON': { runtime: 'child_process' },
  'processes that speak structured clone': { runtime: 'child_process', serialization: 'advanced' },
};

describe.each(Object.entries(runtimes))('over %s', (_, runtime) => {
  test('the owner’s own tasks and the executor’s run side by side, and the pool outlives the executor', async () => {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 2, ...runtime });
    const executor = fromTinypool(pool, { name: 'borrowed' });
    expect([executor.name, executor.maxWorkers, executor.capabilities.isolation]).toEqual(['borrowed', 2, false]);
    const results = Array.from({ length: 20 }, (__, i) =>
      i % 2 === 0 ? executor.submit(double, i) : pool.run(i, { filename: own }),
    );
    expect(await Promise.all(results)).toEqual(Array.from({ length: 20 }, (__, i) => (i % 2 === 0 ? i * 2 : `${i}!`)));
    const last = executor.submit(later, 3);
    await executor.shutdown();
    expect(await last).toBe(3);
    expect(await pool.run('still', { filename: own })).toBe('still!');
    await pool.destroy();
  });

  test('W2: a task that ends its worker rejects alone, and the pool is at full size again', async () => {
    const pool = new Tinypool({ minThreads: 2, maxThreads: 2, ...runtime });
    await using executor = fromTinypool(pool);
    for (let round = 0; round < 3; round += 1) {
      await expect(executor.submit(exit, 3)).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED', exitCode: 3 });
      await expect(executor.submit(throwLate)).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
    }
    expect(await Promise.all([1, 2, 3, 4].map((n) => executor.submit(later, n)))).toEqual([1, 2, 3, 4]);
    expect(await pool.run('still', { filename: own })).toBe('still!');
    expect(pool.threads.length).toBe(2);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: destroy() of the pool rejects what the executor had there, begun or not', async () => {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 1, ...runtime });
    const executor = fromTinypool(pool, { maxWorkers: 2 });
    const futures = [executor.submit(forever), executor.submit(double, 1)];
    const ends = Promise.allSettled(futures);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    await pool.destroy();
    const [begun, waiting] = await ends;
    expect(begun).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_CRASHED' } });
    if (begun?.status === 'rejected') expect(String(begun.reason.cause)).toMatch(/owner has ended/);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CANCELLED' } });
    await executor.shutdown();
  });

  test('X4: terminate() gives the pool its worker back', async () => {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 1, ...runtime });
    const executor = fromTinypool(pool);
    await executor.submit(double, 1);
    const running = executor.submit(forever);
    const rejected = expect(running).rejects.toMatchObject({ code: 'ERR_EXECUTOR_SHUTDOWN' });
    await executor.terminate();
    await rejected;
    expect(await pool.run('free', { filename: own })).toBe('free!');
    await pool.destroy();
  });

  test('C1: a task that waits in the pool’s own queue is taken back, and those behind it run', async () => {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 1, ...runtime });
    await using executor = fromTinypool(pool, { maxWorkers: 1 });
    await executor.submit(double, 1);
    const owners = pool.run(undefined, { filename: own, name: 'forever' });
    const ended = expect(owners).rejects.toThrow();
    const waiting = executor.submit(double, 2);
    await turn();
    expect(waiting.cancel('not needed')).toBe(true);
    await expect(waiting).rejects.toBe('not needed');
    await pool.destroy();
    await ended;
    expect(await executor.submit(double, 3)).toBe(6);
    await executor.shutdown();
    await pool.destroy();
  });

  test('W5a: the time that a task waits in the pool’s own queue is no import', async () => {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 1, ...runtime });
    const executor = fromTinypool(pool, { startTimeout: 50 });
    await executor.submit(double, 1).catch(() => {});
    const slow = `data:text/javascript,export default () => new Promise((resolve) => setTimeout(resolve, 300));`;
    const owners = pool.run(undefined, { filename: slow });
    expect(await executor.submit(double, 2)).toBe(4);
    await owners;
    await executor.shutdown();
    await pool.destroy();
  });

  test.each([1, 4])(
    'M5: what waits in the pool’s own queue when its loop is left never starts, and costs no slot (chunkSize %i)',
    async (chunkSize) => {
      const pool = new Tinypool({ minThreads: 1, maxThreads: 1, ...runtime });
      const executor = fromTinypool(pool);
      await executor.submit(double, 1);
      const owners = pool.run(undefined, { filename: own, name: 'forever' });
      const loop = executor.map(double, [1, 2, 3, 4], { chunkSize });
      const next = loop.next();
      expect(executor.stats().running).toBe(1);
      await loop.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
      await executor.shutdown();
      const { completed, crashed, failed } = executor.stats();
      expect([completed, crashed, failed]).toEqual([1, 0, 0]);
      await Promise.all([pool.destroy(), owners.catch(() => {})]);
    },
  );

  test('what the executor ran leaves its context to none of the owner’s tasks', async () => {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 1, ...runtime });
    await using executor = fromTinypool(pool);
    const both = [executor.submit(double, 1), pool.run(undefined, { filename: own, name: 'context' })];
    expect(await Promise.all(both)).toEqual([2, 0]);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: what waits in the pool’s own queue when its last worker dies is run by another', async () => {
    const pool = new Tinypool({ minThreads: 0, maxThreads: 1, ...runtime });
    const executor = fromTinypool(pool);
    const owners = [1, 2].map(() => pool.run(undefined, { filename: own, name: 'exit' }));
    const ended = Promise.allSettled(owners);
    expect(await executor.submit(double, 2)).toBe(4);
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: what waits in the pool’s own queue rejects where no worker of the pool can start', async () => {
    const execArgv = ['--import', 'data:text/javascript,process.exit(3)'];
    const pool = new Tinypool({ minThreads: 0, maxThreads: 1, execArgv, ...runtime });
    pool.on('error', () => {});
    const executor = fromTinypool(pool, { maxWorkers: 2 });
    const futures = [1, 2, 3].map((value) => executor.submit(double, value));
    for (const end of await Promise.allSettled(futures))
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_START' } });
    await executor.shutdown();
    await pool.destroy();
  });
});

test('C2: a loop in a thread of the pool’s sees its cancel, with atomics and without', async () => {
  const { loop } = tasksFrom<{ loop(cells: SharedArrayBuffer): void }>(
    `data:text/javascript,${encodeURIComponent(`
      import { taskContext } from ${JSON.stringify(import.meta.resolve('@anypool/core/task'))};
      export function loop(cells) {
        const [context, seen] = [taskContext(), new Int32Array(cells)];
        Atomics.store(seen, 0, 1);
        while (!context.cancelled);
        Atomics.store(seen, 0, 2);
      }
    `)}`,
  );
  for (const useAtomics of [true, false]) {
    const pool = new Tinypool({ minThreads: 1, maxThreads: 1, useAtomics });
    const executor = fromTinypool(pool);
    const seen = new Int32Array(new SharedArrayBuffer(4));
    const running = executor.submit(loop, seen.buffer);
    while (Atomics.load(seen, 0) === 0) await turn();
    running.cancel('enough');
    await expect(running).rejects.toBe('enough');
    await executor.shutdown();
    expect(Atomics.load(seen, 0)).toBe(2);
    await pool.destroy();
  }
});

test('a thread of small tasks turns its event loop, or it would keep something of each call', async () => {
  const pool = new Tinypool({ minThreads: 1, maxThreads: 1 });
  await using executor = fromTinypool(pool);
  const memory = new SharedArrayBuffer(4);
  const leave = inlineTask((cells: SharedArrayBuffer) => {
    setImmediate(() => Atomics.store(new Int32Array(cells), 0, 1));
  });
  await executor.submit(leave, memory);
  for (let calls = 0; calls < 210; calls += 1) await executor.submit(double, calls);
  expect(new Int32Array(memory)[0]).toBe(1);
  await executor.shutdown();
  await pool.destroy();
});

test('options that decide about workers are refused, and so is what is no Tinypool', async () => {
  const pool = new Tinypool({ minThreads: 0, maxThreads: 1 });
  const hook = { task: double, args: [1] };
  // As a configuration that comes from somewhere would have them.
  const refused: readonly object[] = [
    { initializer: hook },
    { minWorkers: 1 },
    { idleTimeout: 5 },
    { stopTimeout: 5 },
    { finalizer: hook },
    { maxTasksPerWorker: 3 },
    { env: {} },
    { cancelGrace: 0 },
  ];
  for (const options of refused) {
    const [option] = Object.keys(options);
    expect(() => fromTinypool(pool, options)).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option }),
    );
  }
  for (const none of [undefined, null, 5, {}]) expect(() => fromTinypool(none as never)).toThrow(TypeError);
  expect(() => fromTinypool(pool, { maxWorkers: 0 })).toThrow(RangeError);
  const several = new Tinypool({ minThreads: 0, maxThreads: 1, runtime: 'child_process', concurrentTasksPerWorker: 2 });
  expect(() => fromTinypool(several)).toThrow(/concurrentTasksPerWorker 2/);
  await Promise.all([pool.destroy(), several.destroy()]);
});

test('tinypool’s own errors are what the executor takes them for', async () => {
  const reasons: unknown[] = [];
  const failed = (error: unknown) => void reasons.push(whyNot(error));
  const pool = new Tinypool({ filename: own, minThreads: 1, maxThreads: 1, maxQueue: 1 });
  const runs = [1, 2, 3].map(() => pool.run(undefined, { name: 'forever' }).catch(failed));
  await turn();
  pool.cancelPendingTasks();
  await turn();
  await pool.destroy();
  await Promise.all(runs);
  expect(reasons).toEqual(['queue is full', 'taken out of the queue', 'ended by the owner']);
  expect(whyNot(new Error('something else'))).toBe(undefined);
});

test('Q1: a full queue of the pool is a QueueFullError, and cancelPendingTasks() a CancelledError', async () => {
  const pool = new Tinypool({ minThreads: 1, maxThreads: 1, maxQueue: 1 });
  const executor = fromTinypool(pool, { maxWorkers: 4 });
  await executor.submit(double, 1);
  const futures = [1, 2, 3].map(() => executor.submit(forever));
  const ends = Promise.allSettled(futures);
  await turn();
  pool.cancelPendingTasks();
  await turn();
  await pool.destroy();
  const codes = (await ends).map((end) => (end.status === 'rejected' ? end.reason.code : end.status));
  expect(codes).toEqual(['ERR_WORKER_CRASHED', 'ERR_CANCELLED', 'ERR_QUEUE_FULL']);
  await executor.shutdown();
});

test('C2: whoever sends a message that cannot be written is told so, also before a process has the call', () => {
  const call = { id: 1, module: 'file:///task.js', name: 'task', args: [] };
  const line = new ChannelLine(call, { executor: 'pool', workerId: 1 }, false);
  const reason = { root: { value: () => {} }, errors: [] };
  expect(() => line.send({ type: 'cancel', id: 1, reason })).toThrow(/could not be cloned/);
});
