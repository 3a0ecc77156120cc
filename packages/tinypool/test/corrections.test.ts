// What the conformance suite cannot see from outside: traces that tinypool itself leaves in the caller's process.
import { createHook } from 'node:async_hooks';
import { existsSync, readFileSync } from 'node:fs';
import { inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/tinypool';
import { expect, test } from 'vitest';

const exit = inlineTask((code: number) => process.exit(code));
const pid = inlineTask(() => process.pid);
const hoard = inlineTask(() => {
  const hoarded: unknown[] = [];
  for (;;) hoarded.push(new Array(100_000).fill(hoarded.length));
});

test('X8: processes change neither the listeners on process.stdout and process.stderr nor their limits', async () => {
  const traces = () =>
    [process.stdout, process.stderr].map((stream) => ({
      limit: stream.getMaxListeners(),
      listeners: Object.fromEntries(stream.eventNames().map((name) => [name, stream.listenerCount(name)])),
    }));
  const before = traces();
  await using executor = createExecutor({ kind: 'process', maxWorkers: 2 });
  await executor.warmUp();
  await executor.submit(pid);
  expect(traces()).toEqual(before);
});

test('X7: a process that is gone leaves no port of tinypool behind', async () => {
  const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  await using executor = createExecutor({ kind: 'process', maxWorkers: 1 });
  await executor.submit(pid);
  const before = ports();
  for (let i = 0; i < 3; i += 1) {
    await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
    await executor.submit(pid);
  }
  expect(ports()).toBe(before);
});

test('W5: tinypool starts no thread in place of one that failed', async () => {
  let threads = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'WORKER') threads += 1;
    },
  }).enable();
  try {
    await using executor = createExecutor({ maxWorkers: 1, resourceLimits: { maxOldGenerationSizeMb: 64 } });
    await expect(executor.submit(hoard)).rejects.toMatchObject({ outOfMemory: true });
  } finally {
    hook.disable();
  }
  expect(threads).toBe(1);
});

// Where the system tells the children of a process.
const childrenFile = `/proc/self/task/${process.pid}/children`;

test.skipIf(!existsSync(childrenFile))('W5: tinypool starts no process in place of one that died', async () => {
  const children = () =>
    readFileSync(childrenFile, 'utf8')
      .trim()
      .split(' ')
      .filter((child) => child !== '');
  const before = children();
  await using executor = createExecutor({ kind: 'process', maxWorkers: 1 });
  await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
  expect(children()).toEqual(before);
});

test.each([{ workerData: 1 }, { trackUnmanagedFds: false }])('processes refuse what is for threads: %o', (tinypool) => {
  const [name] = Object.keys(tinypool);
  expect(() => createExecutor({ kind: 'process', tinypool })).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option: `tinypool.${name}` }),
  );
});
