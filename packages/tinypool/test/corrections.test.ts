// What the conformance suite cannot see from outside: traces that tinypool itself leaves in the caller's process.
import { createHook } from 'node:async_hooks';
import { existsSync, readFileSync } from 'node:fs';
import { inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/tinypool';
import { expect, test } from 'vitest';

const exit = inlineTask((code: number) => process.exit(code));
const pid = inlineTask(() => process.pid);

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

test('X7: a thread that is gone leaves no timer of tinypool behind', async () => {
  const timers: { readonly hasRef: () => boolean; readonly _idleTimeout?: number; readonly _destroyed?: boolean }[] =
    [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'Timeout' && 'hasRef' in resource && typeof resource.hasRef === 'function')
        timers.push(resource as never);
    },
  }).enable();
  try {
    await using executor = createExecutor({ maxWorkers: 1 });
    await executor.submit(pid);
    await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
    await executor.submit(pid);
  } finally {
    hook.disable();
  }
  // tinypool's are the longest there can be, apart from the one that keeps the process alive, which is cleared at the end.
  expect(timers.filter((timer) => timer._idleTimeout === 2 ** 31 - 1 && timer._destroyed === false)).toEqual([]);
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
