import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { testConformance } from '@anypool/conformance/vitest';
import { type ExecutorOptions, inlineTask, tasksFrom } from '@anypool/core';
import { checkKind } from '@anypool/core/backend';
import { fromPiscina } from '@anypool/piscina';
import { Piscina } from 'piscina';
import { afterAll, describe, expect, test } from 'vitest';
import { exitCodeOf, whyNot } from '../dist/from-piscina-run.js';

type PoolOptions = NonNullable<ConstructorParameters<typeof Piscina>[0]>;
type TaskQueue = NonNullable<PoolOptions['taskQueue']>;
type PoolTask = Parameters<TaskQueue['push']>[0];

/** The pools of the conformance cases, which know only of executors. */
const pools: Piscina[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
});

// What is about the start and end of workers is the pool's affair.
function createExecutor({ kind, minWorkers, idleTimeout, stopTimeout, ...options }: ExecutorOptions) {
  checkKind('piscina', kind ?? 'thread', ['thread']);
  const { maxWorkers = 2 } = options;
  const maxThreads = Number.isInteger(maxWorkers) && maxWorkers > 0 ? maxWorkers : 2;
  // With Piscina's own idleTimeout of 0, a thread ends between two tasks, and nearly each has to wait for a new one.
  const pool = new Piscina({ minThreads: 0, maxThreads, idleTimeout: 500 });
  pools.push(pool);
  return fromPiscina(pool, options);
}

const reason = 'there is no initializer: the workers are not the executor’s';

testConformance({
  module: import.meta.resolve('@anypool/piscina'),
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

const own = fileURLToPath(new URL('./from-piscina-own-tasks.js', import.meta.url));

const double = inlineTask((value: number) => value * 2);
const later = inlineTask((value: number) => new Promise<number>((resolve) => setTimeout(resolve, 20, value)));
const forever = inlineTask(() => new Promise<void>(() => {}));
const exit = inlineTask((code: number) => process.exit(code));
const add = inlineTask((memory: SharedArrayBuffer) => Atomics.add(new Int32Array(memory), 0, 1));
const thread = inlineTask(() => process.getBuiltinModule('node:worker_threads').threadId);
const throwLate = inlineTask(() => {
  setTimeout(() => {
    throw new RangeError('nobody caught this');
  }, 1);
  return new Promise<void>(() => {});
});

/** A queue of the owner's own. */
class OwnersQueue implements TaskQueue {
  readonly #tasks: PoolTask[] = [];

  get size(): number {
    return this.#tasks.length;
  }

  push(task: PoolTask): void {
    this.#tasks.push(task);
  }

  shift(): PoolTask | null {
    return this.#tasks.shift() ?? null;
  }

  remove(task: PoolTask): void {
    const index = this.#tasks.indexOf(task);
    if (index !== -1) this.#tasks.splice(index, 1);
  }
}

const kinds: Readonly<Record<string, () => PoolOptions>> = {
  threads: () => ({}),
  'threads with asynchronous atomics': () => ({ atomics: 'async' }),
  'threads without atomics': () => ({ atomics: 'disabled' }),
  'threads with a file of their own': () => ({ filename: own }),
  'a queue of the owner’s own': () => ({ taskQueue: new OwnersQueue(), stricterFIFO: true }),
  'threads that are timed': () => ({ recordTiming: true, workerHistogram: true }),
  'threads that are not timed': () => ({ recordTiming: false, atomics: 'disabled' }),
};

describe.each(Object.entries(kinds))('over %s', (_, kind) => {
  test('the owner’s own tasks and the executor’s run side by side, and the pool outlives the executor', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 2, ...kind() });
    const executor = fromPiscina(pool, { name: 'borrowed' });
    const { isolation, terminate, sharedMemory } = executor.capabilities;
    expect([executor.name, executor.kind, executor.maxWorkers]).toEqual(['borrowed', 'thread', 2]);
    expect([isolation, terminate, sharedMemory]).toEqual([false, false, true]);
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

  test('W2: a task that ends its thread rejects alone, and the pool is at full size again', async () => {
    const pool = new Piscina({ minThreads: 2, maxThreads: 2, ...kind() });
    await using executor = fromPiscina(pool);
    for (let round = 0; round < 3; round += 1) {
      await expect(executor.submit(exit, 3)).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED', exitCode: 3 });
      await expect(executor.submit(throwLate)).rejects.toMatchObject({
        code: 'ERR_WORKER_CRASHED',
        cause: new RangeError('nobody caught this'),
      });
    }
    expect(await Promise.all([1, 2, 3, 4].map((n) => executor.submit(later, n)))).toEqual([1, 2, 3, 4]);
    expect(await pool.run('still', { filename: own })).toBe('still!');
    expect(pool.threads.length).toBe(2);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: destroy() of the pool rejects what the executor had there, begun or not', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    const executor = fromPiscina(pool, { maxWorkers: 2 });
    const ends = Promise.allSettled([executor.submit(forever), executor.submit(double, 1)]);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    await pool.destroy();
    const [begun, waiting] = await ends;
    expect(begun).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_CRASHED' } });
    if (begun?.status === 'rejected') expect(String(begun.reason.cause)).toMatch(/owner has ended/);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CANCELLED' } });
    expect(await executor.submit(double, 4)).toBe(8);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: close() of the pool lets finish what runs, and refuses what comes', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    const executor = fromPiscina(pool);
    await executor.submit(double, 1);
    const running = executor.submit(later, 3);
    const next = executor.submit(double, 4);
    const refused = expect(next).rejects.toMatchObject({
      code: 'ERR_CANCELLED',
      message: expect.stringMatching(/being closed by its owner/),
    });
    await turn();
    await Promise.all([pool.close(), refused]);
    expect(await running).toBe(3);
    // As after destroy(), piscina starts threads again.
    expect(await executor.submit(double, 5)).toBe(10);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: close({ force: true }) rejects what waits in the pool’s own queue, too', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    const executor = fromPiscina(pool, { maxWorkers: 2 });
    await executor.submit(double, 1);
    const running = executor.submit(later, 3);
    const refused = expect(executor.submit(double, 4)).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
    await turn();
    await Promise.all([pool.close({ force: true }), refused]);
    expect(await running).toBe(3);
    await executor.shutdown();
  });

  test('X4: terminate() gives the pool its thread back', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    const executor = fromPiscina(pool);
    await executor.submit(double, 1);
    const rejected = expect(executor.submit(forever)).rejects.toMatchObject({ code: 'ERR_EXECUTOR_SHUTDOWN' });
    await executor.terminate();
    await rejected;
    expect(await pool.run('free', { filename: own })).toBe('free!');
    await pool.destroy();
  });

  test('C1: a task that waits in the pool’s own queue is taken back, and those behind it run', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    await using executor = fromPiscina(pool, { maxWorkers: 1 });
    await executor.submit(double, 1);
    const owners = pool.run(undefined, { filename: own, name: 'slow' });
    const memory = new SharedArrayBuffer(4);
    const waiting = executor.submit(add, memory);
    await turn();
    expect(waiting.cancel('not needed')).toBe(true);
    await expect(waiting).rejects.toBe('not needed');
    expect(await executor.submit(double, 3)).toBe(6);
    await owners;
    expect(new Int32Array(memory)[0]).toBe(0);
    await executor.shutdown();
    await pool.destroy();
  });

  test('C2: a task that runs sees its cancel, and its thread goes on', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    const executor = fromPiscina(pool);
    const [before, seen] = [await executor.submit(thread), new Int32Array(new SharedArrayBuffer(4))];
    const controller = new AbortController();
    const looping = executor.submit(tasks.loop, seen.buffer);
    while (Atomics.load(seen, 0) === 0) await turn();
    looping.cancel('enough');
    await expect(looping).rejects.toBe('enough');
    const waiting = executor.with({ signal: controller.signal }).submit(tasks.untilAborted, seen.buffer);
    while (Atomics.load(seen, 0) !== 3) await turn();
    controller.abort('no more');
    await expect(waiting).rejects.toBe('no more');
    expect(await executor.submit(thread)).toBe(before);
    expect(Atomics.load(seen, 0)).toBe(4);
    await executor.shutdown();
    await pool.destroy();
  });

  test('W5a: the time that a task waits in the pool’s own queue is no import', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    const executor = fromPiscina(pool, { startTimeout: 50 });
    await executor.submit(double, 1).catch(() => {});
    const owners = pool.run(undefined, { filename: own, name: 'slow' });
    expect(await executor.submit(double, 2)).toBe(4);
    await owners;
    await executor.shutdown();
    await pool.destroy();
  });

  test.each([1, 4])(
    'M5: what waits in the pool’s own queue when its loop is left never starts, and costs no slot (chunkSize %i)',
    async (chunkSize) => {
      const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
      const executor = fromPiscina(pool);
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
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    await using executor = fromPiscina(pool);
    const both = [executor.submit(double, 1), pool.run(undefined, { filename: own, name: 'context' })];
    expect(await Promise.all(both)).toEqual([2, 0]);
    await executor.shutdown();
    await pool.destroy();
  });

  test('V2, V3: what cannot travel rejects, and the pool has not noticed', async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, ...kind() });
    await using executor = fromPiscina(pool);
    const before = await executor.submit(thread);
    const take = inlineTask((value: unknown) => typeof value);
    const give = inlineTask((): unknown => ({ inside: () => {} }));
    await expect(executor.submit(take, () => {})).rejects.toMatchObject({ path: 'args[0]', side: 'argument' });
    await expect(executor.submit(give)).rejects.toMatchObject({ path: 'result.inside', side: 'result' });
    expect(await executor.submit(thread)).toBe(before);
    await executor.shutdown();
    await pool.destroy();
  });

  test('S4: what waits in the pool’s own queue when its last thread dies is run by another', async () => {
    const pool = new Piscina({ minThreads: 0, maxThreads: 1, ...kind() });
    await using executor = fromPiscina(pool);
    const owners = [1, 2].map(() => pool.run(undefined, { filename: own, name: 'exit' }));
    const ended = Promise.allSettled(owners);
    expect(await executor.submit(double, 2)).toBe(4);
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(pool.listenerCount('workerDestroy')).toBe(0);
    await executor.shutdown();
    await pool.destroy();
  });
});

const tasks = tasksFrom<{
  loop(cells: SharedArrayBuffer): void;
  untilAborted(cells: SharedArrayBuffer): Promise<void>;
}>(
  `data:text/javascript,${encodeURIComponent(`
    import { taskContext } from ${JSON.stringify(import.meta.resolve('@anypool/core/task'))};
    export function loop(cells) {
      const [context, seen] = [taskContext(), new Int32Array(cells)];
      Atomics.store(seen, 0, 1);
      while (!context.cancelled);
      Atomics.store(seen, 0, 2);
    }
    export function untilAborted(cells) {
      const seen = new Int32Array(cells);
      return new Promise((resolve) => {
        taskContext().signal.addEventListener('abort', () => {
          Atomics.store(seen, 0, 4);
          resolve();
        });
        Atomics.store(seen, 0, 3);
      });
    }
  `)}`,
);

test('several tasks in a thread at a time', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 2 });
  const executor = fromPiscina(pool, { maxWorkers: 2 });
  expect(fromPiscina(pool).maxWorkers).toBe(1);
  const seen = new Int32Array(new SharedArrayBuffer(4));
  const waiting = executor.submit(tasks.untilAborted, seen.buffer);
  while (Atomics.load(seen, 0) !== 3) await turn();
  expect(await executor.submit(double, 1)).toBe(2);
  waiting.cancel('enough');
  await expect(waiting).rejects.toBe('enough');
  while (Atomics.load(seen, 0) !== 4) await turn();
  const lost = executor.submit(tasks.untilAborted, seen.buffer);
  while (Atomics.load(seen, 0) !== 3) await turn();
  for (const end of await Promise.allSettled([lost, executor.submit(exit, 3)]))
    expect(end).toMatchObject({ reason: { code: 'ERR_WORKER_CRASHED', exitCode: 3 } });
  expect(await executor.submit(double, 2)).toBe(4);
  await executor.shutdown();
  await pool.destroy();
});

test('W3a: a call to a thread that has exited, which nobody has heard yet, is run by another', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1, atomics: 'disabled' });
  await using executor = fromPiscina(pool);
  const gone = new Int32Array(new SharedArrayBuffer(4));
  const exitSoon = inlineTask((memory: SharedArrayBuffer) => {
    process.on('exit', () => {
      Atomics.store(new Int32Array(memory), 0, 1);
      Atomics.notify(new Int32Array(memory), 0);
    });
    setTimeout(() => process.exit(3), 20);
  });
  await executor.submit(exitSoon, gone.buffer);
  Atomics.wait(gone, 0, 0, 10_000);
  expect(await executor.submit(double, 2)).toBe(4);
  await executor.shutdown();
  await pool.destroy();
});

test('W3: what a thread has delivered counts, also where its end is heard of before its reply', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1 });
  const late = new Error('worker exited with code: 3');
  const losingReplies = new Proxy(pool, {
    get(target, key) {
      if (key === 'run')
        return (...call: Parameters<Piscina['run']>) => target.run(...call).then(() => Promise.reject(late));
      return Reflect.get(target, key, target);
    },
  });
  await using executor = fromPiscina(losingReplies, { maxWorkers: 1 });
  const twice = inlineTask((value: number) => ({ value: value * 2 }));
  const fail = inlineTask(() => {
    throw new RangeError('no');
  });
  expect(await executor.submit(double, 2)).toBe(4);
  expect(await executor.submit(twice, 2)).toEqual({ value: 4 });
  await expect(executor.submit(fail)).rejects.toThrow('no');
  const mapped: number[] = [];
  for await (const value of executor.map(double, [1, 2, 3], { chunkSize: 3 })) mapped.push(value);
  expect(mapped).toEqual([2, 4, 6]);
  expect(executor.stats()).toMatchObject({ failed: 1, crashed: 0 });
  await executor.shutdown();
  await pool.destroy();
});

test('a thread of small tasks turns its event loop, or it would keep something of each call', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1 });
  await using executor = fromPiscina(pool);
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

test('S4: over a pool whose threads cannot start, what waits is a WorkerStartError', async () => {
  const pool = new Piscina({ filename: `${own}.missing`, minThreads: 1, maxThreads: 1 });
  pool.on('error', () => {});
  const executor = fromPiscina(pool, { maxWorkers: 2 });
  const ends = await Promise.allSettled([1, 2, 3, 4].map((n) => executor.submit(double, n)));
  for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_START' } });
  await executor.shutdown();
  await pool.destroy();
});

test('options that decide about workers are refused, and so is what is no Piscina', async () => {
  const pool = new Piscina({ minThreads: 0, maxThreads: 1.5 });
  expect(fromPiscina(pool).maxWorkers).toBe(2);
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
    { resourceLimits: {} },
    { cancelGrace: 0 },
  ];
  for (const options of refused) {
    const [option] = Object.keys(options);
    expect(() => fromPiscina(pool, options)).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option }),
    );
  }
  for (const none of [undefined, null, 5, {}]) expect(() => fromPiscina(none as never)).toThrow(TypeError);
  expect(() => fromPiscina(pool, { maxWorkers: 0 })).toThrow(RangeError);
  await pool.destroy();
});

test('piscina’s own errors are what the executor takes them for', async () => {
  const reasons: unknown[] = [];
  const failed = (error: unknown) => void reasons.push(whyNot(error) ?? exitCodeOf(error) ?? error);
  const run = (pool: Piscina, name: string) => pool.run(undefined, { name }).catch(failed);
  const options = { filename: own, minThreads: 1, maxThreads: 1 };
  const [one, none] = [new Piscina({ ...options, maxQueue: 1 }), new Piscina({ ...options, maxQueue: 0 })];
  await Promise.all([run(none, 'exit'), run(none, 'exit')]);
  const runs = [run(one, 'slow'), run(one, 'slow'), run(one, 'slow')];
  await turn();
  const closed = one.close({ force: true });
  runs.push(run(one, 'slow'));
  await Promise.all([...runs, closed]);
  const forever = run(one, 'forever');
  await one.destroy();
  await Promise.all([forever, none.destroy()]);
  expect(reasons).toEqual(['queue is full', 5, 'queue is full', 'closed', 'closed', 'ended by the owner']);
  expect([whyNot(new Error('something else')), exitCodeOf(new Error('something else'))]).toEqual([
    undefined,
    undefined,
  ]);
});

test('V8: the arguments of a task that waits in the pool’s own queue are those of when it got there', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1 });
  await using executor = fromPiscina(pool);
  const owners = pool.run(undefined, { filename: own, name: 'slow' });
  const value = { n: 1 };
  const waiting = executor.submit(
    inlineTask(({ n }: { n: number }) => n),
    value,
  );
  await turn();
  value.n = 2;
  expect(await waiting).toBe(1);
  await owners;
  await executor.shutdown();
  await pool.destroy();
});

test('Q1: a full queue of the pool is a QueueFullError', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1, maxQueue: 1 });
  const executor = fromPiscina(pool, { maxWorkers: 3 });
  await executor.submit(double, 1);
  const ends = await Promise.allSettled([1, 2, 3].map((n) => executor.submit(later, n)));
  const codes = ends.map((end) => (end.status === 'rejected' ? end.reason.code : end.status));
  expect(codes).toEqual(['fulfilled', 'fulfilled', 'ERR_QUEUE_FULL']);
  await executor.shutdown();
  await pool.destroy();
});

test('S4: what a pool without a queue has refused, and keeps all the same, is not run', async () => {
  const pool = new Piscina({ minThreads: 1, maxThreads: 1, maxQueue: 0 });
  const executor = fromPiscina(pool, { maxWorkers: 2 });
  await executor.submit(double, 1);
  const owners = pool.run('busy', { filename: own });
  const memory = new Int32Array(new SharedArrayBuffer(4));
  await expect(executor.submit(add, memory.buffer)).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
  // The thread is free now, and nothing of the call's end has been heard beyond this thread.
  Atomics.wait(memory, 0, 0, 100);
  await owners;
  while (pool.queueSize > 0 || pool.idleThreads === 0) await turn();
  expect(memory[0]).toBe(0);
  await executor.shutdown();
  await pool.destroy();
});
