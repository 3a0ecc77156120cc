// S4 where the backend itself is wrong: whatever it breaks, each Future settles and the executor can be ended.
import { spawn } from 'node:child_process';
import { inlineTask } from '@anypool/core';
import {
  type Backend,
  type BackendWorker,
  type Call,
  capabilities,
  createExecutorFrom,
  type Outcome,
  startProcessWorker,
} from '@anypool/core/backend';
import { expect, test } from 'vitest';

const task = inlineTask((value: number) => value);

/** A worker that answers every call with its first argument. */
function worker(broken: Partial<Record<keyof BackendWorker, unknown>>): BackendWorker {
  let exit: (value: object) => void = () => {};
  const exited = new Promise<object>((resolve) => {
    exit = resolve;
  });
  const sound: BackendWorker = {
    ready: Promise.resolve(),
    prefetch: 0,
    execute: async (call: Call): Promise<Outcome> => ({ id: call.id, sent: 0, value: call.args[0] }),
    send() {},
    stop: () => exit({}),
    kill: () => exit({}),
    exited,
  };
  return Object.assign(sound, broken);
}

function backend(startWorker: () => unknown): Backend {
  return {
    name: 'broken',
    kind: 'thread',
    capabilities: capabilities({ terminate: true }),
    startWorker: startWorker as Backend['startWorker'],
  };
}

const throwing = () => {
  throw new Error('broken');
};

test.each<[string, () => unknown]>([
  ['startWorker throws', throwing],
  ['startWorker gives nothing', () => undefined],
  ['ready rejects', () => worker({ ready: Promise.reject(new Error('broken')) })],
  ['execute throws', () => worker({ execute: throwing })],
  ['execute gives no promise', () => worker({ execute: () => 7 })],
  ['execute gives no outcome', () => worker({ execute: async () => undefined })],
  ['the outcome is of another call', () => worker({ execute: async () => ({ id: 99, sent: 0, value: 1 }) })],
  [
    'the error makes no sense',
    () => worker({ execute: async (call: Call) => ({ id: call.id, sent: 0, error: 'broken' }) }),
  ],
  [
    'the patches make no sense',
    () => worker({ execute: async (call: Call) => ({ id: call.id, sent: 0, value: 1, patches: 5 }) }),
  ],
  [
    'the worker exits and forgets the call',
    () => worker({ execute: () => new Promise(() => {}), exited: new Promise((resolve) => setImmediate(resolve, {})) }),
  ],
  [
    'exited rejects',
    () => worker({ execute: () => new Promise(() => {}), exited: Promise.reject(new Error('broken')) }),
  ],
  ['exited gives nothing', () => worker({ execute: () => new Promise(() => {}), exited: Promise.resolve(undefined) })],
])('S4: the Future settles and terminate() resolves where %s', async (_title, start) => {
  const executor = createExecutorFrom(backend(start), { kind: 'thread', maxWorkers: 1 });
  const [end] = await Promise.allSettled([executor.submit(task, 1)]);
  expect(end.status).toBe('rejected');
  await executor.terminate();
  expect(executor.state).toBe('closed');
});

test.each(['send', 'stop', 'kill'] as const)(
  'S4: a %s() that throws neither reaches the caller nor keeps a Future pending',
  async (method) => {
    const executor = createExecutorFrom(
      backend(() => {
        const sound = worker({ execute: () => new Promise(() => {}) });
        const act = sound[method];
        return Object.assign(sound, {
          [method](...args: never[]) {
            Reflect.apply(act, sound, args);
            throwing();
          },
        });
      }),
      { kind: 'thread', maxWorkers: 1, cancelGrace: 0 },
    );
    const future = executor.submit(task, 1);
    await executor.warmUp(1);
    expect(future.cancel('enough')).toBe(true);
    await expect(future).rejects.toBe('enough');
    await executor.terminate();
  },
);

test('W5: a process that ends before the library has written to it says how it ended, not how the write failed', async () => {
  const script = "console.error('why it ended'); process.disconnect(); setTimeout(() => process.exit(9), 50);";
  const executor = createExecutorFrom(
    {
      name: 'broken',
      kind: 'process',
      capabilities: capabilities({ terminate: true, isolation: true }),
      startWorker: (init, events) =>
        startProcessWorker(init, events, {
          start() {
            const raw = spawn(process.execPath, ['--eval', script], { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] });
            const reply = Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
            return { raw, reply };
          },
          discard() {},
        }),
    },
    {},
  );
  await expect(executor.submit(task, 1)).rejects.toThrow(/exit code 9.*why it ended/s);
  await executor.shutdown();
});
