import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ConformanceCase } from '../case.js';
import { assertCode } from './outcomes.js';

interface Heard {
  readonly channel: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const channels = ['task:submit', 'task:start', 'task:end', 'worker:start', 'worker:exit'];

/** Runs the body and gives what is published meanwhile of one executor. */
async function heardOf(executor: string, body: () => Promise<void>): Promise<Heard[]> {
  const heard: Heard[] = [];
  const listeners = channels.map((channel) => {
    const onMessage = (message: unknown): void => {
      const { executor: name, ...rest } = message as Heard['message'];
      if (name === executor) heard.push({ channel, message: rest });
    };
    subscribe(`anypool:${channel}`, onMessage);
    return () => unsubscribe(`anypool:${channel}`, onMessage);
  });
  try {
    await body();
  } finally {
    for (const stop of listeners) stop();
  }
  return heard;
}

/** Rule O2: diagnostics channels. */
export const diagnosticsCases: readonly ConformanceCase[] = [
  {
    id: 'O2-tasks',
    rule: 'O2',
    title: 'each task is told of as it is submitted, started and ended, with its outcome, its times and its error',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1, name: 'O2 tasks' });
      const door = await gate();
      const errors: unknown[] = [];
      const heard = await heardOf('O2 tasks', async () => {
        const blocker = executor.submit(basics.waitAt, door.handle);
        await door.waiting(1);
        const failing = executor.submit(control.failWith, 'broken');
        const cancelled = executor.submit(basics.nothing);
        cancelled.cancel('enough');
        door.open();
        await blocker;
        errors.push(await failing.catch((error: unknown) => error), await cancelled.catch((error: unknown) => error));
      });
      const told = heard.filter(({ channel }) => channel.startsWith('task:'));
      for (const { message } of told) {
        for (const time of ['waitTime', 'runTime'])
          if (time in message) assert.ok(Number(message[time]) >= 0, `${time} ${String(message[time])}`);
      }
      const { module } = basics.waitAt;
      const facts = told.map(({ channel, message: { id, task, outcome, error, ...times } }) => ({
        channel,
        id,
        task,
        ...(outcome !== undefined && { outcome }),
        ...(error !== undefined && { error }),
        times: Object.keys(times),
      }));
      const waitAt = { id: 1, task: { module, name: 'waitAt' } };
      const failWith = { id: 2, task: { module: control.failWith.module, name: 'failWith' } };
      const nothing = { id: 3, task: { module, name: 'nothing' } };
      const [broken, enough] = errors;
      assert.deepEqual(facts, [
        { channel: 'task:submit', ...waitAt, times: [] },
        { channel: 'task:start', ...waitAt, times: ['waitTime'] },
        { channel: 'task:submit', ...failWith, times: [] },
        { channel: 'task:submit', ...nothing, times: [] },
        { channel: 'task:end', ...nothing, outcome: 'cancelled', error: enough, times: ['waitTime'] },
        { channel: 'task:end', ...waitAt, outcome: 'fulfilled', times: ['waitTime', 'runTime'] },
        { channel: 'task:start', ...failWith, times: ['waitTime'] },
        { channel: 'task:end', ...failWith, outcome: 'rejected', error: broken, times: ['waitTime', 'runTime'] },
      ]);
    },
  },
  {
    id: 'O2-refused',
    rule: 'O2',
    title: 'a task that is refused at submit has an end with its error, and neither a submit nor a start',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1, maxQueue: 0, name: 'O2 refused' });
      const door = await gate();
      const heard = await heardOf('O2 refused', async () => {
        const blocker = executor.submit(basics.waitAt, door.handle);
        await door.waiting(1);
        await assertCode(executor.submit(basics.nothing), 'ERR_QUEUE_FULL');
        await executor
          .with({ signal: AbortSignal.abort('enough') })
          .submit(basics.nothing)
          .catch(() => {});
        door.open();
        await blocker;
        await executor.shutdown();
        await assertCode(executor.submit(basics.nothing), 'ERR_EXECUTOR_SHUTDOWN');
      });
      const told = heard.filter(({ channel, message }) => channel.startsWith('task:') && message['id'] !== 1);
      assert.deepEqual(
        told.map(({ channel, message: { id, outcome, error } }) => [channel, id, outcome, Object(error).code ?? error]),
        [
          ['task:end', 2, 'rejected', 'ERR_QUEUE_FULL'],
          ['task:end', 3, 'cancelled', 'enough'],
          ['task:end', 4, 'rejected', 'ERR_EXECUTOR_SHUTDOWN'],
        ],
      );
    },
  },
  {
    id: 'O2-one-start',
    rule: 'O2',
    title:
      'a chunk is one task with the number of its items, and has one start, also where several workers do parts of it',
    requires: ['recycle'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 2, maxTasksPerWorker: 3, name: 'O2 chunks' });
      const heard = await heardOf('O2 chunks', async () => {
        const items = Array.from({ length: 20 }, (_, n) => n);
        const results: unknown[] = [];
        for await (const result of executor.map(basics.echo, items, { chunkSize: 10 })) results.push(result);
        assert.deepEqual(results, items);
      });
      const told = heard.filter(({ channel }) => channel.startsWith('task:'));
      for (const channel of ['task:submit', 'task:start', 'task:end']) {
        assert.deepEqual(
          told
            .filter((one) => one.channel === channel)
            .map(({ message: { id, items } }) => [id, items])
            .sort(),
          [
            [1, 10],
            [2, 10],
          ],
          channel,
        );
      }
    },
  },
  {
    id: 'O2-workers',
    rule: 'O2',
    title: 'each worker is told of when it is up, and when it is gone, with how it ended',
    requires: ['isolation'],
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1, name: 'O2 workers' });
      const heard = await heardOf('O2 workers', async () => {
        await assertCode(executor.submit(lifecycle.exitWith, 3), 'ERR_WORKER_CRASHED');
        await executor.submit(basics.nothing);
        await executor.shutdown();
      });
      const told = heard.filter(({ channel }) => channel.startsWith('worker:'));
      const facts = told.map(({ channel, message: { workerId, exit } }) => [
        channel,
        workerId,
        exit && Reflect.get(exit, 'exitCode'),
      ]);
      assert.deepEqual(facts, [
        ['worker:start', 1, undefined],
        ['worker:exit', 1, 3],
        ['worker:start', 2, undefined],
        ['worker:exit', 2, 0],
      ]);
    },
  },
  {
    id: 'O2-worker-that-was-never-up',
    rule: 'O2',
    title: 'a worker that ends before it is up is not told of, so that those told of as gone were told of as up',
    async run({ create, tasks: { basics } }) {
      for (const end of ['terminate', 'shutdown'] as const) {
        const executor = create({ maxWorkers: 2, name: `O2 ${end}` });
        const heard = await heardOf(`O2 ${end}`, async () => {
          const futures = [1, 2].map(() => executor.submit(basics.nothing));
          for (const future of futures) future.cancel();
          await executor[end]();
        });
        const told = (channel: string) =>
          heard.filter((one) => one.channel === channel).map(({ message }) => message['workerId']);
        assert.deepEqual(told('worker:exit').sort(), told('worker:start').sort());
      }
    },
  },
  {
    id: 'O2-a-subscriber-that-throws',
    rule: 'O2',
    title: 'a subscriber that throws disturbs no task: its error is an uncaught one, as Node has it',
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        import { subscribe } from 'node:diagnostics_channel';
        process.on('uncaughtException', (error) => console.log('uncaught', error.message));
        subscribe('anypool:task:end', () => { throw new Error('a broken subscriber'); });
        const executor = createExecutor({ maxWorkers: 1 });
        console.log(await executor.submit(tasks.basics.add, 1, 2));
        await executor.submit(5).catch((error) => console.log(error.name));
        await executor.shutdown();
        console.log('end');
      `);
      assert.deepEqual(
        [stdout.split('\n').sort().filter(Boolean), exitCode],
        [['3', 'TypeError', 'end', 'uncaught a broken subscriber'], 0],
      );
    },
  },
];
