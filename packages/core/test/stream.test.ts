// P2, P3, S4: the caller's half of a stream, with a worker that does as the test says.
import { tasksFrom } from '@anypool/core';
import {
  type BackendWorker,
  type Call,
  type Capabilities,
  type ControlMessage,
  capabilities,
  createExecutorFrom,
  type WorkerEvents,
} from '@anypool/core/backend';
import { expect, test } from 'vitest';

const { items: task } = tasksFrom<{ items(): AsyncGenerator<unknown> }>('file:///items.js');

/** An executor whose one worker answers nothing by itself, and what was said to it. */
function scripted(declared: Partial<Capabilities> = { stream: true }) {
  const sent: ControlMessage[] = [];
  const calls: Call[] = [];
  const state: { events?: WorkerEvents; answer?: (outcome: unknown) => void; exit?: (exit: object) => void } = {};
  const executor = createExecutorFrom(
    {
      name: 'scripted',
      kind: 'thread',
      capabilities: capabilities(declared),
      startWorker(_init, events): BackendWorker {
        const exited = Promise.withResolvers<object>();
        Object.assign(state, { events, exit: exited.resolve });
        return {
          ready: Promise.resolve(),
          prefetch: 0,
          execute(call) {
            calls.push(call);
            return new Promise((resolve) => {
              state.answer = (outcome) => resolve(outcome as never);
            });
          },
          send: (message) => void sent.push(message),
          stop: () => exited.resolve({}),
          kill: () => exited.resolve({}),
          exited: exited.promise,
        };
      },
    },
    { kind: 'thread', maxWorkers: 1 },
  );
  const item = (value: unknown): void => state.events?.message({ type: 'item', id: calls.at(-1)?.id ?? 0, value });
  return { executor, sent, calls, state, item };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('stream() on an executor without the capability is refused by next(), highWaterMark by with()', async () => {
  const { executor, calls } = scripted({});
  const items = executor.stream(task);
  await expect(items.next()).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_OPTION', option: 'stream' });
  expect(await items.next()).toEqual({ done: true, value: undefined });
  expect(() => executor.with({ highWaterMark: 5 })).toThrow(
    expect.objectContaining({ code: 'ERR_UNSUPPORTED_OPTION', option: 'highWaterMark' }),
  );
  executor.with({ highWaterMark: undefined });
  expect(calls).toEqual([]);
  await executor.shutdown();
});

test('the call has its highWaterMark as credit, and what was read is given back in halves of it', async () => {
  const { executor, sent, calls, item } = scripted();
  const items = executor.with({ highWaterMark: 4 }).stream(task);
  const first = items.next();
  await turn();
  expect(calls[0]).toMatchObject({ credit: 4 });
  for (let i = 0; i < 4; i += 1) item(i);
  expect((await first).value).toBe(0);
  expect(sent).toEqual([]);
  for (const value of [1, 2, 3]) expect((await items.next()).value).toBe(value);
  expect(sent).toEqual([2, 2].map((granted) => ({ type: 'credit', id: calls[0]?.id, items: granted })));
  await executor.terminate();
});

test('no credit is given after the end, and an item that comes after it is nobody’s', async () => {
  const { executor, sent, calls, state, item } = scripted();
  const items = executor.with({ highWaterMark: 1 }).stream(task);
  const first = items.next();
  await turn();
  item('a');
  expect((await first).value).toBe('a');
  item('b');
  state.answer?.({ id: calls[0]?.id, sent: 2, value: undefined });
  await turn();
  sent.length = 0;
  item('late');
  expect(await items.next()).toEqual({ done: false, value: 'b' });
  expect(await items.next()).toEqual({ done: true, value: undefined });
  expect(sent).toEqual([]);
  await executor.terminate();
});

test('an outcome that overtook items waits for them: the error comes after them', async () => {
  const { executor, calls, state, item } = scripted();
  const items = executor.stream(task);
  const first = items.next();
  await turn();
  state.answer?.({ id: calls[0]?.id, sent: 2, error: { root: { value: 'boom' }, errors: [] } });
  await turn();
  item('a');
  item('b');
  expect((await first).value).toBe('a');
  expect((await items.next()).value).toBe('b');
  await expect(items.next()).rejects.toBe('boom');
  await executor.terminate();
});

test('leaving waits until the call has left its worker, however that ends', async () => {
  for (const end of ['outcome', 'exit'] as const) {
    const { executor, sent, calls, state, item } = scripted();
    const items = executor.stream(task);
    const first = items.next();
    await turn();
    item('a');
    await first;
    let hasLeft = false;
    const left = items.return().then(() => {
      hasLeft = true;
    });
    await turn();
    expect([hasLeft, sent.at(-1)?.type]).toEqual([false, 'cancel']);
    if (end === 'exit') state.exit?.({});
    else state.answer?.({ id: calls[0]?.id, sent: 1, value: undefined });
    await left;
    await executor.terminate();
  }
});

test('an item that makes no sense ends the worker, not the caller', async () => {
  const { executor, calls, state } = scripted();
  const items = executor.stream(task);
  const next = items.next();
  await turn();
  const broken = { type: 'item', id: calls[0]?.id ?? 0, value: 1, patches: 5 } as never;
  state.events?.message(broken);
  await expect(next).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
  await executor.terminate();
});

test('a call that another worker takes over begins with its whole credit', async () => {
  const { executor, calls, state, item } = scripted();
  const items = executor.with({ highWaterMark: 3 }).stream(task);
  const first = items.next();
  await turn();
  state.exit?.({ begun: 0 });
  while (calls.length < 2) await turn();
  expect(calls[1]).toMatchObject({ id: calls[0]?.id, credit: 3 });
  item('a');
  expect((await first).value).toBe('a');
  await executor.terminate();
});
