// What the conformance suite cannot see from outside: what threads.js does to a process that imports it, and to one that starts a thread.

import { createHook } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import type { Worker } from 'node:worker_threads';
import { inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/threads';
import { expect, test } from 'vitest';

type Listener = (event: unknown) => void;

interface EventWorker extends Worker {
  addEventListener(type: string, listener: Listener): void;
  removeEventListener(type: string, listener: Listener): void;
}

const pid = inlineTask(() => process.pid);

/** Runs a CommonJS text as a process of its own. `adapter()` imports the adapter in it, and `library()` threads.js. */
function script(
  text: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string; stderr: string; ended: unknown }> {
  const imported = (name: string) => `() => import(${JSON.stringify(import.meta.resolve(name))})`;
  const prelude = `const adapter = ${imported('@anypool/threads')}; const library = ${imported('threads')};`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', `${prelude} void (async () => {${text}})();`],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ stdout, stderr, ended: error?.signal ?? error?.code ?? 0 }),
    );
  });
}

// What threads.js changes: the listeners on process, and a global variable.
const traces = `() => JSON.stringify([
  process.eventNames().map((name) => [String(name), process.rawListeners(name).length]),
  Object.getOwnPropertyNames(globalThis),
])`;

test('X8: importing it leaves no listener on process and no global variable, and takes away none that was there', async () => {
  const { stdout, stderr, ended } = await script(`
    process.on('SIGINT', () => {}).once('SIGTERM', () => {}).on('uncaughtException', () => {});
    globalThis.mine = 1;
    const traces = ${traces};
    const before = traces();
    await adapter();
    console.log(traces() === before ? 'the same' : before + traces());
  `);
  expect({ stdout, stderr, ended }).toEqual({ stdout: 'the same\n', stderr: '', ended: 0 });
});

test("X8: nor does it in a Worker of the user's, where threads.js would swallow uncaught errors", async () => {
  const { stdout, ended } = await script(`
    const { Worker } = require('node:worker_threads');
    const text = 'const traces = ${traces.replaceAll('\n', ' ')}; const before = traces(); (' + adapter + ')().then(() => {' +
      'if (traces() !== before) process.exit(1); throw new Error("mine"); })';
    new Worker(text, { eval: true, execArgv: [] }).on('error', (error) => console.log(error.message));
  `);
  expect({ stdout, ended }).toEqual({ stdout: 'mine\n', ended: 0 });
});

test('X8: what threads.js did when the user imported it is left to the user', async () => {
  const { stdout, stderr, ended } = await script(`
    await library();
    const traces = ${traces};
    const before = traces();
    await adapter();
    console.log(process.listenerCount('SIGTERM'), typeof self, traces() === before);
  `);
  expect({ stdout, stderr, ended }).toEqual({ stdout: '1 object true\n', stderr: '', ended: 0 });
});

test('X8: a signal ends the process as it would without threads.js, with threads at work', async () => {
  const { ended } = await script(`
    const executor = (await adapter()).createExecutor({ maxWorkers: 1 });
    await executor.warmUp();
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => {}, 60_000);
  `);
  expect(ended).toBe('SIGTERM');
});

test('X8: a task finds no global variable and no listener of threads.js in its thread', async () => {
  await using executor = createExecutor({ maxWorkers: 1 });
  const found = inlineTask(() => ['self' in globalThis, process.listenerCount('unhandledRejection')]);
  expect(await executor.submit(found)).toEqual([false, 0]);
});

test('W5a: a start takes as long as startTimeout says, whatever the time that threads.js would wait', async () => {
  const { stdout, stderr, ended } = await script(
    `
    const executor = (await adapter()).createExecutor({ maxWorkers: 1 });
    await executor.warmUp();
    console.log('started');
    `,
    { THREADS_WORKER_INIT_TIMEOUT: '1' },
  );
  expect({ stdout, stderr, ended }).toEqual({ stdout: 'started\n', stderr: '', ended: 0 });
});

test('X7: a thread that is ended while it starts leaves no timer of threads.js behind', async () => {
  const timers: { readonly hasRef: () => boolean; readonly _idleTimeout?: number; readonly _destroyed?: boolean }[] =
    [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'Timeout' && 'hasRef' in resource && typeof resource.hasRef === 'function')
        timers.push(resource as never);
    },
  }).enable();
  try {
    const executor = createExecutor({ maxWorkers: 1, idleTimeout: Number.POSITIVE_INFINITY });
    executor.submit(pid).catch(() => {});
    await executor.terminate();
  } finally {
    hook.disable();
  }
  expect(timers.filter((timer) => timer._idleTimeout === 10_000 && timer._destroyed === false)).toEqual([]);
});

test('X7: nothing of threads.js listens to a thread any more once it is up', async () => {
  const listening = new Set<Listener>();
  process.once('worker', (worker: EventWorker) => {
    const { addEventListener, removeEventListener } = worker;
    worker.addEventListener = (type, listener) => {
      listening.add(listener);
      addEventListener.call(worker, type, listener);
    };
    worker.removeEventListener = (type, listener) => {
      listening.delete(listener);
      removeEventListener.call(worker, type, listener);
    };
  });
  await using executor = createExecutor({ maxWorkers: 1 });
  await executor.submit(pid);
  expect(listening).toEqual(new Set());
});

test("W9: kind 'process', which threads.js does not have, is refused", () => {
  const options: object = { kind: 'process' };
  expect(() => createExecutor(options)).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option: 'kind' }),
  );
});

test("the library's own options reach its threads", async () => {
  await using executor = createExecutor({ maxWorkers: 1, threads: { workerData: { answer: 42 } } });
  const data = inlineTask(() => process.getBuiltinModule('node:worker_threads').workerData as unknown);
  expect(await executor.submit(data)).toEqual({ answer: 42 });
});
