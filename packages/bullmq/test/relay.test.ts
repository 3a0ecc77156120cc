// `relay` of @anypool/core, which a worker host is built on: here, as it needs workers of every kind.
import { type Executor, inlineExecutor } from '@anypool/core';
import { type CallOnBehalf, type Outcome, relay, type WorkerMessage } from '@anypool/core/backend';
import { createExecutor } from '@anypool/native';
import { afterEach, describe, expect, test } from 'vitest';

const executors: Executor[] = [];
afterEach(() => Promise.all(executors.splice(0).map((executor) => executor.terminate())));

function kept(executor: Executor): Executor {
  executors.push(executor);
  return executor;
}

const kinds: Readonly<Record<string, () => Executor>> = {
  inline: () => kept(inlineExecutor({ maxWorkers: 1 })),
  threads: () => kept(createExecutor({ maxWorkers: 1 })),
  processes: () => kept(createExecutor({ kind: 'process', maxWorkers: 1 })),
};

const behalf = { executor: 'far away', kind: 'remote', workerId: 7, id: 42 } as const;
const module = new URL('./relayed-tasks.js', import.meta.url).href;

function call(name: string, args: readonly unknown[] = [], more: Partial<CallOnBehalf> = {}): CallOnBehalf {
  return { module, name, id: 42, args, behalf, ...more };
}

/** Relays a call, and gives its outcome with what it sent before. */
async function run(executor: Executor, what: CallOnBehalf): Promise<{ outcome: Outcome; messages: WorkerMessage[] }> {
  const messages: WorkerMessage[] = [];
  const outcome = await relay(executor, what, (message) => messages.push(message)).outcome;
  return { outcome, messages };
}

describe.each(Object.entries(kinds))('through %s', (_, open) => {
  test('a value comes back as it is, with what its own carrier would lose', async () => {
    const { outcome } = await run(open(), call('exception'));
    expect(outcome).toMatchObject({ id: 42, sent: 0, patches: [{ steps: ['inside'], name: 'AbortError' }] });
  });

  test('an error keeps the class that only its caller knows', async () => {
    const { outcome } = await run(open(), call('fail'));
    expect(outcome).toMatchObject({ id: 42, error: { errors: [{ className: 'QuotaError', base: 'RangeError' }] } });
  });

  test('the task sees for whom it runs', async () => {
    const { outcome } = await run(open(), call('context'));
    expect(outcome).toMatchObject({ value: ['far away', 'remote', 7, 42] });
  });

  test('reports and items go on in their order, and are counted', async () => {
    const executor = open();
    const reported = await run(executor, call('report', [3]));
    expect(reported.messages).toEqual([0, 1, 2].map((value) => ({ type: 'report', id: 42, value })));
    expect(reported.outcome).toEqual({ id: 42, sent: 3, value: 3 });
    const messages: WorkerMessage[] = [];
    const stream = relay(executor, call('count', [5], { credit: 2 }), (message) => {
      messages.push(message);
      // Only what was asked for is made.
      if (messages.length % 2 === 0) stream.control({ type: 'credit', id: 42, items: 2 });
    });
    expect(await stream.outcome).toEqual({ id: 42, sent: 5, value: undefined });
    expect(messages).toEqual([0, 1, 2, 3, 4].map((value) => expect.objectContaining({ type: 'item', value })));
  });

  test('several items in one call stop at the one that fails', async () => {
    const { outcome, messages } = await run(open(), call('notThree', ['n', [1, 2, 3, 4]], { chunk: {} }));
    const earlier = messages.flatMap((message) => (message.type === 'item' ? Object(message.value).values : []));
    const { values, failure } = Object('value' in outcome ? outcome.value : undefined);
    expect([...earlier, ...values]).toEqual(['n1', 'n2']);
    expect(failure.errors[0].message).toBe('three');
  });

  test('a cancel reaches the task, whenever it comes; one for another call does not', async () => {
    const executor = open();
    const reason = { root: { value: 'enough' }, errors: [] };
    const queued = relay(executor, call('report', [1]), () => {});
    queued.control({ type: 'cancel', id: 42, reason });
    expect(await queued.outcome).toMatchObject({ id: 42, error: { root: { value: 'enough' } } });
    const running = relay(executor, call('untilCancelled'), () => {
      running.control({ type: 'cancel', id: 41, reason });
      running.control({ type: 'cancel', id: 42, reason });
    });
    expect(await running.outcome).toMatchObject({ id: 42, sent: 2, value: 'cancelled: enough' });
  });

  test('a reason that makes no sense cancels all the same', async () => {
    const running = relay(open(), call('untilCancelled'), () => {
      running.control({ type: 'cancel', id: 42, reason: { root: { error: 5 } } as never });
    });
    expect(await running.outcome).toMatchObject({ id: 42, value: expect.stringMatching(/^cancelled/) });
  });

  test('a module or an export that is not there is told as to any caller', async () => {
    const executor = open();
    const gone = new URL('./not-there.js', import.meta.url).href;
    expect(await run(executor, { ...call('x'), module: gone })).toMatchObject({
      outcome: { error: { errors: [{ className: 'TaskModuleError' }, {}] } },
    });
    expect(await run(executor, call('__proto__'))).toMatchObject({
      outcome: { error: { errors: [{ className: 'TaskNotFoundError' }] } },
    });
  });

  test('an executor that is shut down refuses it', async () => {
    const executor = open();
    await executor.shutdown();
    const { outcome } = await run(executor, call('context'));
    expect(outcome).toMatchObject({ id: 42, sent: 0, error: { errors: [{ className: 'ExecutorShutdownError' }] } });
  });
});

test('a worker that dies is the end of the call alone', async () => {
  const executor = kept(createExecutor({ kind: 'process', maxWorkers: 1 }));
  expect(await run(executor, call('exit'))).toMatchObject({
    outcome: { id: 42, error: { errors: [{ className: 'WorkerCrashedError' }] } },
  });
  expect(await run(executor, call('report', [1]))).toMatchObject({ outcome: { value: 1 } });
});

test('S8: a call that was cancelled is over when its worker is free, and not before', async () => {
  const executor = kept(createExecutor({ maxWorkers: 1, cancelGrace: 50 }));
  const running = relay(executor, call('spin'), () => running.cancel('it is late'));
  expect(await running.outcome).toMatchObject({
    id: 42,
    sent: 1,
    error: { errors: [{ className: 'CancelledError' }] },
  });
  expect(executor.stats().running).toBe(0);
});

test('an executor of something else is refused at once', () => {
  expect(() => relay({} as Executor, call('context'), () => {})).toThrow(TypeError);
});
