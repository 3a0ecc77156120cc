// What the conformance suite cannot see from outside: what Node is told, and what is left of it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/native';
import { expect, test } from 'vitest';

const pid = inlineTask(() => process.pid);

test("Node's own options reach its threads", async () => {
  await using executor = createExecutor({ maxWorkers: 1, native: { worker: { workerData: { answer: 42 } } } });
  const data = inlineTask(() => process.getBuiltinModule('node:worker_threads').workerData as unknown);
  expect(await executor.submit(data)).toEqual({ answer: 42 });
});

test("Node's own options reach its processes", async () => {
  await using executor = createExecutor({ kind: 'process', maxWorkers: 1, native: { fork: { cwd: '/' } } });
  expect(await executor.submit(inlineTask(() => process.cwd()))).toBe('/');
});

test.each([
  ['thread', inlineTask(() => process.getBuiltinModule('node:worker_threads').parentPort?.postMessage({ reply: 1 }))],
  ['process', inlineTask(() => void process.send?.({ anypool: 'native/v1', reply: 1 }))],
] as const)('W2: what a task in a %s sends to its parent harms nobody', async (kind, send) => {
  await using executor = createExecutor({ kind, maxWorkers: 1 });
  await executor.submit(send);
  expect(await executor.submit(pid)).toEqual(expect.any(Number));
});

test.runIf(process.platform !== 'win32').each([
  ['closes', inlineTask(() => process.getBuiltinModule('node:fs').closeSync(4))],
  ['writes to', inlineTask(() => void process.getBuiltinModule('node:fs').writeSync(4, 'hello'))],
])('W2: a task that %s the pipe of core’s messages costs its worker, and no more', async (_, spoil) => {
  await using executor = createExecutor({ kind: 'process', maxWorkers: 1 });
  const [spoilt, behind] = [executor.submit(spoil), executor.submit(pid)];
  await expect(spoilt).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
  expect(await behind).toEqual(expect.any(Number));
});

test('W5: why a process cannot be spawned is the cause of the failed start', async () => {
  await using executor = createExecutor({
    kind: 'process',
    maxWorkers: 1,
    native: { fork: { execPath: '/there/is/no/node' } },
  });
  await expect(executor.submit(pid)).rejects.toMatchObject({ code: 'ERR_WORKER_START', cause: { code: 'ENOENT' } });
});

test("W5: an initializer's argument that cannot be sent is a failed start, and leaves no thread behind", async () => {
  const threads: Worker[] = [];
  const listener = (worker: Worker): void => void threads.push(worker);
  process.on('worker', listener);
  try {
    const initializer = { task: inlineTask((_value: unknown) => {}), args: [() => {}] };
    const executor = createExecutor({ maxWorkers: 1, initializer } as never);
    await expect(executor.submit(pid)).rejects.toThrow();
    await executor.shutdown();
    expect(threads.map(({ threadId }) => threadId)).toEqual(threads.map(() => -1));
  } finally {
    process.off('worker', listener);
  }
});

test.each([
  ['native', { native: { pool: {} } }],
  ['native.worker', { native: { worker: { eval: true } } }],
  ['native.fork', { native: { fork: { uid: -1 } } }],
])('S14: what is wrong in %s is told', (where, options) => {
  expect(() => createExecutor(options as never)).toThrow(new RegExp(`^native: createExecutor: ${where}`));
});

// Not of each adapter: a library may make code of strings itself, as threads.js does.
test('W10: a program that forbids code from strings can use workers, and tasks of inlineTask', async () => {
  const text = `
    import { inlineTask } from ${JSON.stringify(import.meta.resolve('@anypool/core'))};
    import { createExecutor } from ${JSON.stringify(import.meta.resolve('@anypool/native'))};
    const own = { double(value) { return 2 * value; } };
    for (const kind of ['thread', 'process']) {
      const executor = createExecutor({ kind, maxWorkers: 1 });
      console.log(await executor.submit(inlineTask(own.double), 2), await executor.submit(inlineTask((a, b) => a - b), 3, 2));
      await executor.shutdown();
    }
  `;
  const options = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', text];
  expect((await promisify(execFile)(process.execPath, options)).stdout).toBe('4 1\n4 1\n');
});

test.each([
  ['process', { worker: { workerData: 1 } }, 'native.worker'],
  ['thread', { fork: { cwd: '/' } }, 'native.fork'],
] as const)('workers of kind %s refuse options of the other kind', (kind, native, option) => {
  expect(() => createExecutor({ kind, native })).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option }),
  );
});
