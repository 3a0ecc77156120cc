// What the conformance suite cannot see from outside: traces that workerpool itself leaves in the caller's process.
import { createHook } from 'node:async_hooks';
import { inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/workerpool';
import { expect, test } from 'vitest';
import { pool as openPool } from 'workerpool';

const exit = inlineTask((code: number) => process.exit(code));
const pid = inlineTask(() => process.pid);
const tell = inlineTask((message: null | undefined) => {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  if (parentPort === null) process.send?.(message);
  else parentPort.postMessage(message);
});

for (const kind of ['thread', 'process'] as const) {
  test(`X7: a worker that is gone leaves no timer of workerpool behind, ${kind}`, async () => {
    const timers: { readonly hasRef: () => boolean; readonly _idleTimeout?: number; readonly _destroyed?: boolean }[] =
      [];
    const hook = createHook({
      init(_id, type, _trigger, resource) {
        // The test runner has timers of its own.
        const isItsOwn = new Error().stack?.includes('/node_modules/workerpool/') === true;
        if (isItsOwn && type === 'Timeout' && 'hasRef' in resource && typeof resource.hasRef === 'function')
          timers.push(resource as never);
      },
    }).enable();
    try {
      await using executor = createExecutor({ kind, maxWorkers: 1 });
      await executor.submit(pid);
      await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
      await executor.submit(pid);
    } finally {
      hook.disable();
    }
    expect(timers.filter((timer) => timer._destroyed === false && timer.hasRef())).toEqual([]);
  });

  test(`X7: a worker that is gone gives its number back, ${kind}`, async () => {
    const before = await nextNumber();
    {
      await using executor = createExecutor({ kind, maxWorkers: 2 });
      await executor.warmUp();
      expect(await nextNumber()).toBe(before + 2);
      await expect(executor.submit(exit, 3)).rejects.toMatchObject({ exitCode: 3 });
    }
    expect(await nextNumber()).toBe(before);
  });

  test(`W2: what a task sends to its parent by itself disturbs nobody, ${kind}`, async () => {
    const thrown: unknown[] = [];
    const listen = (error: unknown) => thrown.push(error);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', listen);
    try {
      await using executor = createExecutor({ kind, maxWorkers: 1 });
      for (const message of kind === 'thread' ? [null, undefined] : [null]) await executor.submit(tell, message);
      expect(await executor.submit(pid)).toBeTypeOf('number');
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const other of others) process.on('uncaughtException', other);
    }
    expect(thrown).toEqual([]);
  });
}

test('W5: why a process cannot be spawned is the cause of the failed start', async () => {
  await using executor = createExecutor({ kind: 'process', workerpool: { forkOpts: { execPath: '/no/such/node' } } });
  const error: unknown = await executor.submit(pid).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ERR_WORKER_START', cause: { code: 'ENOENT' } });
});

/** The number that workerpool gives to the next worker of this process: a port, for the case that it has a debugger. */
async function nextNumber(): Promise<number> {
  const pool = openPool({ workerType: 'thread', minWorkers: 1, maxWorkers: 1 });
  const [worker]: { readonly debugPort: number }[] = Reflect.get(pool, 'workers');
  await pool.terminate(true);
  return worker?.debugPort ?? Number.NaN;
}

test.each([
  ['process', { workerThreadOpts: { workerData: 1 } }, 'workerpool.workerThreadOpts'],
  ['thread', { forkOpts: { cwd: '/' } }, 'workerpool.forkOpts'],
  ['thread', { debugPortStart: 5000 }, 'workerpool.debugPortStart'],
] as const)('workers of kind %s refuse options of the other kind: %o', (kind, workerpool, option) => {
  expect(() => createExecutor({ kind, workerpool })).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option }),
  );
});
