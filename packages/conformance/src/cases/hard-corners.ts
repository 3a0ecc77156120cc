import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../case.js';
import { childEnd } from './process-end.js';
import { reasonOf } from './rejection.js';

/** Where several rules meet: each of these has been wrong once. */
export const hardCornerCases: readonly ConformanceCase[] = [
  {
    id: 'W3a-nested-calls-prove-nothing',
    rule: 'W3a',
    title: 'a task that used an executor of its own before its worker died is not taken for one that never began',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { corners }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const future = executor.submit(corners.nestThenExit, log.handle);
      await assert.rejects(future, { code: 'ERR_WORKER_CRASHED', exitCode: 3 });
      assert.deepEqual(log.lines(), ['ran']);
    },
  },
  {
    id: 'W5-workers-that-die-once-they-are-up',
    rule: 'W5',
    title: 'workers that start and die before they begin a task do so three times, and then the tasks are told',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { corners, basics } }) {
      const executor = create({ maxWorkers: 1, initializer: { task: corners.exitSoon, args: [7] } });
      // The worker may live long enough to begin the task, which then dies with it: either way, it is told.
      const { code } = (await reasonOf(executor.submit(corners.never))) as { code: string };
      assert.match(code, /^ERR_WORKER_(?:START|CRASHED)$/);
      await executor.terminate();
      assert.equal(await create().submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'P1-a-report-that-fails',
    rule: 'P1',
    title: 'a report that cannot be sent throws in the task, and the result still arrives',
    async run({ create, tasks: { corners } }) {
      const executor = create({ maxWorkers: 1 });
      const reports: unknown[] = [];
      const future = executor.submit(corners.reportWhatCannot).onProgress((value) => reports.push(value));
      assert.deepEqual([await future, reports], [['ERR_NOT_CLONEABLE', 'ERR_NOT_CLONEABLE'], ['fine']]);
    },
  },
  {
    id: 'V2-properties-beside-elements',
    rule: 'V2',
    title: 'a function that is a property of an array, a module and a Proxy of an array are refused with their path',
    async run({ create, kind, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const { pid } = await executor.submit(basics.place);
      const bad: [unknown, string][] = [
        [Object.assign([1], { done() {} }), 'args[0].done'],
        [await import('./rejection.js'), 'args[0]'],
        [new Proxy([1], {}), 'args[0]'],
      ];
      for (const [value, path] of bad) {
        await assert.rejects(executor.submit(basics.echo, value), {
          code: 'ERR_NOT_CLONEABLE',
          side: 'argument',
          path,
        });
      }
      if (kind !== 'remote') assert.equal((await executor.submit(basics.place)).pid, pid);
    },
  },
  {
    id: 'W1-warmed-up-and-idle',
    rule: 'W1',
    title: 'workers that warmUp() started and nothing used end after idleTimeout',
    kinds: ['process'],
    async run({ create, tasks: { corners }, trace }) {
      const log = trace();
      const executor = create({
        maxWorkers: 2,
        idleTimeout: 50,
        initializer: { task: corners.leavePid, args: [log.handle] },
      });
      await executor.warmUp(2);
      const pids = log.lines().map(Number);
      assert.equal(pids.length, 2);
      await Promise.all(pids.map(childEnd));
    },
  },
  {
    id: 'W1-warm-ups-of-different-sizes',
    rule: 'W1',
    title:
      'a warmUp() that has resolved takes nothing from one that still waits, and a start that failed is made up for',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { corners }, trace }) {
      const initializer = { task: corners.failTheSecondTime, args: [trace().handle] };
      const executor = create({ maxWorkers: 2, initializer });
      await executor.warmUp(1);
      await Promise.all([executor.warmUp(1), executor.warmUp(2)]);
      await executor.shutdown();
    },
  },
  {
    id: 'X1-stop-before-the-start',
    rule: 'X1',
    title: 'a shutdown while a worker starts lets it end cleanly, and does not wait for stopTimeout',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, stopTimeout: Number.POSITIVE_INFINITY });
      const future = executor.submit(basics.add, 1, 2);
      future.cancel();
      await future.catch(() => {});
      await executor.shutdown();
      assert.equal(executor.state, 'closed');
    },
  },
  {
    id: 'M4-abort-while-the-input-waits',
    rule: 'M4',
    title:
      'aborting the signal of map() throws its reason, also while only the input is waited for, and closes the input',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const controller = new AbortController();
      let closed = false;
      const input: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise(() => {}),
          return: async () => {
            closed = true;
            return { done: true, value: undefined };
          },
        }),
      };
      const next = executor.map(basics.echo, input, { signal: controller.signal }).next();
      controller.abort('enough');
      assert.equal(await reasonOf(next), 'enough');
      assert.equal(closed, true);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    },
  },
  {
    id: 'S1-a-task-that-throws-when-it-is-looked-at',
    rule: 'S1',
    title: 'submit() does not throw for an object whose properties do, and the process is not kept alive by it',
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor();
        const task = { get module() { throw new Error('looked at'); } };
        await executor.submit(task).catch((error) => console.log(error.message));
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'looked at\n', exitCode: 0 });
    },
  },
  {
    id: 'W9-a-child-cannot-end-the-caller',
    rule: 'W9',
    title: "what a task sends on its process's own channel, whatever it looks like, is no harm to the caller",
    kinds: ['process'],
    async run({ create, tasks: { corners, basics } }) {
      const executor = create({ maxWorkers: 1 });
      assert.equal(await executor.submit(corners.sendNonsense), 'sent');
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
];
