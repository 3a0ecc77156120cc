// V5, W2, W3a, S4: calls and results that are moved, where the worker or the backend fails at the wrong moment.
import { inlineTask, move } from '@anypool/core';
import {
  type BackendWorker,
  type Call,
  capabilities,
  createExecutorFrom,
  type WorkerEvents,
  type WorkerExit,
} from '@anypool/core/backend';
import { expect, test } from 'vitest';

const task = inlineTask((value: unknown) => value);

interface Started {
  readonly call: Promise<Call>;
  readonly answer: (outcome: unknown) => void;
  readonly exit: (exit: WorkerExit) => void;
  readonly events: WorkerEvents;
}

/** An executor whose workers do as the test says: each is given to `next`, in the order in which they start. */
function scripted(): { executor: ReturnType<typeof createExecutorFrom>; next: () => Promise<Started> } {
  const started: Started[] = [];
  const waiting: ((worker: Started) => void)[] = [];
  const executor = createExecutorFrom(
    {
      name: 'scripted',
      kind: 'thread',
      capabilities: capabilities({ transfer: true, terminate: true }),
      startWorker(_init, events): BackendWorker {
        const call = Promise.withResolvers<Call>();
        const outcome = Promise.withResolvers<never>();
        const exited = Promise.withResolvers<WorkerExit>();
        const worker: Started = {
          call: call.promise,
          answer: (value) => outcome.resolve(value as never),
          exit: exited.resolve,
          events,
        };
        const take = waiting.shift();
        if (take === undefined) started.push(worker);
        else take(worker);
        return {
          ready: Promise.resolve(),
          prefetch: 0,
          execute(sent, transferList) {
            // As a thread's channel does: the sender's memory goes.
            call.resolve(structuredClone(sent, { transfer: [...transferList] }));
            return outcome.promise;
          },
          send() {},
          stop: () => exited.resolve({}),
          kill: () => exited.resolve({}),
          exited: exited.promise,
        };
      },
    },
    { kind: 'thread', maxWorkers: 1 },
  );
  const next = (): Promise<Started> => {
    const worker = started.shift();
    return worker === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(worker);
  };
  return { executor, next };
}

test('a call that was proven unstarted goes to another worker, unless memory was moved with it: then it is W2', async () => {
  const { executor, next } = scripted();
  const copied = executor.submit(task, new Uint8Array(4));
  const first = await next();
  await first.call;
  first.exit({ begun: 0 });
  const second = await next();
  expect((await second.call).args).toEqual([new Uint8Array(4)]);
  second.answer({ id: copied.id, sent: 0, value: 'copied' });
  expect(await copied).toBe('copied');
  await executor.terminate();

  const other = scripted();
  const bytes = new Uint8Array(4);
  const moved = other.executor.submit(task, move(bytes));
  const only = await other.next();
  expect((await only.call).args).toEqual([new Uint8Array(4)]);
  expect(bytes.byteLength).toBe(0);
  only.exit({ begun: 0 });
  await expect(moved).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
  await other.executor.terminate();
});

test('an outcome that overtook its moved value waits for it, also when the worker exits in between', async () => {
  const { executor, next } = scripted();
  const future = executor.submit(task, 1);
  const worker = await next();
  const { id } = await worker.call;
  worker.answer({ id, sent: 1, moved: true });
  await new Promise((resolve) => setImmediate(resolve));
  expect(future.state).toBe('running');
  worker.events.message({ type: 'item', id, value: 'late' });
  expect(await future).toBe('late');
  await executor.terminate();
});

test('an outcome whose moved value never comes is a crash at the end of its worker, and no hang', async () => {
  for (const sent of [0, 1]) {
    const { executor, next } = scripted();
    const future = executor.submit(task, 1);
    const worker = await next();
    const { id } = await worker.call;
    worker.answer({ id, sent, moved: true });
    worker.exit({ exitCode: 1 });
    await expect(future).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
    await executor.terminate();
  }
});

test('an outcome that makes no sense and had overtaken a message is a crash at the end of its worker, and no hang', async () => {
  const { executor, next } = scripted();
  const future = executor.submit(task, 1);
  const worker = await next();
  const { id } = await worker.call;
  worker.answer({ id, sent: 5, error: 'broken' });
  worker.exit({ exitCode: 1 });
  await expect(future).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
  await executor.terminate();
});
