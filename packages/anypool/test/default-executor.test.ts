import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  defaultMaxWorkers,
  type Executor,
  getDefaultExecutor,
  inlineExecutor,
  run,
  runInExecutor,
  setDefaultExecutor,
  shutdownDefaultExecutor,
  tasksFrom,
} from 'anypool';
import { afterEach, expect, test } from 'vitest';

const work = tasksFrom<typeof import('./fixtures/first.js')>(new URL('./fixtures/first.ts', import.meta.url));

afterEach(() => shutdownDefaultExecutor());

test('D1: the default executor has min(32, n + 4) threads, made at first use, and all of them work at once', async () => {
  const executor = getDefaultExecutor();
  expect([executor.kind, executor.maxWorkers, executor.name]).toEqual([
    'thread',
    defaultMaxWorkers(),
    'default:native:thread',
  ]);
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const threads = await Promise.all(
    Array.from({ length: executor.maxWorkers }, () => run(work.meet, arrived, executor.maxWorkers)),
  );
  expect(new Set(threads).size).toBe(executor.maxWorkers);
});

test('D1: run, runInExecutor(null) and getDefaultExecutor share one executor', async () => {
  await run(work.add, 1, 2);
  const { id } = runInExecutor(null, work.add, 3, 4);
  expect(id).toBe(2);
  expect(getDefaultExecutor().submit(work.add, 5, 6).id).toBe(3);
});

test('D2: setDefaultExecutor gives an executor back to its owner, and lets a lazily made one drain by itself', async () => {
  const lazy = getDefaultExecutor();
  const pending = run(work.add, 1, 2);
  const mine: Executor = inlineExecutor();
  expect(setDefaultExecutor(mine)).toBeUndefined();
  expect(lazy.state).toBe('draining');
  expect(await pending).toBe(3);
  const other = inlineExecutor();
  expect(setDefaultExecutor(other)).toBe(mine);
  expect(mine.state).toBe('running');
  await mine.shutdown();
});

test('D4: after a shutdown the next use makes a fresh one', async () => {
  const before = getDefaultExecutor();
  expect(await run(work.add, 1, 2)).toBe(3);
  await shutdownDefaultExecutor();
  expect(before.state).toBe('closed');
  expect(await run(work.add, 3, 4)).toBe(7);
  expect(getDefaultExecutor()).not.toBe(before);
});

test('D7: inside a worker the default executor is inline, to any depth', async () => {
  expect(await run(work.nested, 3)).toEqual(['inline', 'inline', 'inline', 'inline']);
});

const script = `
  const { getDefaultExecutor, run, tasksFrom } = await import(${JSON.stringify(import.meta.resolve('anypool'))});
  const { basename } = tasksFrom('node:path');
  const result = await run(basename, '/a/b').catch((error) => error.message);
  console.log(JSON.stringify([result, (() => { try { return getDefaultExecutor().name; } catch (error) { return error.name; } })()]));
`;

async function inProcess(backend: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ANYPOOL_BACKEND: backend },
  });
  return JSON.parse(stdout);
}

test.each([
  ['', 'default:native:thread'],
  ['tinypool', 'default:tinypool'],
  ['tinypool:process', 'default:tinypool:process'],
  ['inline', 'default:inline'],
])('D1: ANYPOOL_BACKEND=%s chooses the backend', async (backend, name) => {
  expect(await inProcess(backend)).toEqual(['b', name]);
});

test('D1: an ANYPOOL_BACKEND that there is not makes run() reject and says which there are', async () => {
  expect(await inProcess('quantum:thread')).toEqual([
    expect.stringMatching(/quantum:thread.*tinypool:process.*inline/),
    'RangeError',
  ]);
});

test('D1: an ANYPOOL_BACKEND that needs options makes run() reject and says how to give them', async () => {
  expect(await inProcess('bullmq')).toEqual([
    expect.stringMatching(/^ANYPOOL_BACKEND is 'bullmq'.*setDefaultExecutor\(await openExecutor\('bullmq', /),
    'WorkerStartError',
  ]);
});
