// What the conformance suite cannot see from outside: what piscina itself does in the caller's process.
import { createHook } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/piscina';
import { expect, test } from 'vitest';

const exit = inlineTask((code: number) => process.exit(code));
const pid = inlineTask(() => process.pid);
const hoard = inlineTask(() => {
  const hoarded: unknown[] = [];
  for (;;) hoarded.push(new Array(100_000).fill(hoarded.length));
});

/** How many threads are started meanwhile. */
async function threadsStarted(act: () => Promise<void>): Promise<number> {
  let threads = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'WORKER') threads += 1;
    },
  }).enable();
  try {
    await act();
  } finally {
    hook.disable();
  }
  return threads;
}

test('W5: piscina starts no thread in place of one that failed or exited', async () => {
  const threads = await threadsStarted(async () => {
    await using executor = createExecutor({ maxWorkers: 1, resourceLimits: { maxOldGenerationSizeMb: 64 } });
    await expect(executor.submit(hoard)).rejects.toMatchObject({ outOfMemory: true });
  });
  expect(threads).toBe(1);
  const others = await threadsStarted(async () => {
    await using executor = createExecutor({ maxWorkers: 1 });
    await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
  });
  expect(others).toBe(1);
});

test('X7: a thread that is gone leaves no port of piscina behind', async () => {
  const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  await using executor = createExecutor({ maxWorkers: 1 });
  await executor.submit(pid);
  const before = ports();
  for (let i = 0; i < 3; i += 1) {
    await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
    await executor.submit(pid);
  }
  expect(ports()).toBe(before);
});

test('X6: a cancelled task that goes on does not hold the process', async () => {
  const text = `
    const { createExecutor } = await import(${JSON.stringify(import.meta.resolve('@anypool/piscina'))});
    const { inlineTask } = await import(${JSON.stringify(import.meta.resolve('@anypool/core'))});
    const executor = createExecutor({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
    await executor.warmUp();
    const future = executor.submit(inlineTask(() => new Promise((resolve) => setTimeout(resolve, 2 ** 30))));
    while (future.state !== 'running') await new Promise((resolve) => setImmediate(resolve));
    future.cancel('enough');
    console.log(await future.catch((reason) => reason));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', text]);
  expect(stdout).toBe('enough\n');
});

test("W9: kind 'process', which piscina does not have, is refused", () => {
  const options: object = { kind: 'process' };
  expect(() => createExecutor(options)).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option: 'kind' }),
  );
});

test("the library's own options reach its threads", async () => {
  await using executor = createExecutor({ maxWorkers: 1, piscina: { workerData: { answer: 42 } } });
  const data = inlineTask(() => process.getBuiltinModule('node:worker_threads').workerData as unknown);
  expect(await executor.submit(data)).toEqual(expect.objectContaining({ answer: 42 }));
});

test('S4: the entry that piscina requires has no default export', () => {
  // With one, Node 24 aborts this process once in some hundreds of threads that are ended while they load it: too rare to wait for.
  const entry: unknown = createRequire(import.meta.url)('@anypool/piscina/worker');
  expect(entry).not.toHaveProperty('default');
  expect(entry).toHaveProperty('receive');
});
