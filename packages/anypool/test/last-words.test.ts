// How much the pipe to a process holds is no promise of the suite's: the libraries that have none lose what is beyond it.
import { tasksFrom } from '@anypool/core';
import { createExecutor } from '@anypool/native';
import { expect, test } from 'vitest';

const tasks = tasksFrom<typeof import('./fixtures/last-words.js')>(
  new URL('./fixtures/last-words.ts', import.meta.url),
);
const kinds = process.platform === 'win32' ? (['thread'] as const) : (['thread', 'process'] as const);
const count = 5000;
const upTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);
const crashed = { code: 'ERR_WORKER_CRASHED', exitCode: 4 };

async function collect(results: AsyncIterable<string>): Promise<{ readonly got: number[]; readonly error: unknown }> {
  const got: number[] = [];
  try {
    for await (const result of results) got.push(Number.parseInt(result, 10));
  } catch (error) {
    return { got, error };
  }
  return { got, error: undefined };
}

test.each(kinds)('M5: however much a chunk has computed, all of it arrives when its %s exits', async (kind) => {
  await using executor = createExecutor({ kind, maxWorkers: 1 });
  const { got, error } = await collect(executor.map(tasks.computeAndExit, upTo(60), { chunkSize: 60 }));
  expect(got).toEqual(upTo(50));
  expect(error).toMatchObject(crashed);
});

test.each(kinds)('P1: however much a task has reported, all of it arrives when its %s exits', async (kind) => {
  await using executor = createExecutor({ kind, maxWorkers: 1 });
  const got: number[] = [];
  const future = executor.submit(tasks.reportAndExit, count);
  future.onProgress((report) => got.push(Number.parseInt(String(report), 10)));
  await expect(future).rejects.toMatchObject(crashed);
  expect(got).toEqual(upTo(count));
});

test.each(kinds)('P3: however many items a task has made, all of them arrive when its %s exits', async (kind) => {
  await using executor = createExecutor({ kind, maxWorkers: 1 });
  const { got, error } = await collect(executor.with({ highWaterMark: count }).stream(tasks.makeAndExit, count));
  expect(got).toEqual(upTo(count));
  expect(error).toMatchObject(crashed);
});

test.each(kinds)('P1: a caller that is blocked meanwhile loses nothing of what a %s sent that exits', async (kind) => {
  await using executor = createExecutor({ kind, maxWorkers: 1 });
  let got = 0;
  const future = executor.submit(tasks.reportAndExit, count);
  future.onProgress(() => {
    got += 1;
    if (got === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  });
  await expect(future).rejects.toMatchObject(crashed);
  expect(got).toBe(count);
});
