import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { allowedNodeEnvironmentFlags } from 'node:process';
import type { ConformanceCase } from '../case.js';
import { errorOf } from './outcomes.js';

/** S9: async contexts. The cases of the caller's first use the executor in another one, which must not come back. */
export const contextCases: readonly ConformanceCase[] = [
  {
    id: 'S9-after-await',
    rule: 'S9',
    title: 'after await, the context is the one before, for calls side by side on the same workers',
    async run({ create, tasks: { basics, errors } }) {
      const storage = new AsyncLocalStorage<number>();
      const executor = create({ maxWorkers: 2 });
      await storage.run(-1, () => executor.submit(basics.add, 1, 2));
      const request = async (id: number) => {
        for (let step = 0; step < 3; step += 1) {
          await executor.submit(basics.addLater, id, step);
          assert.equal(storage.getStore(), id);
          await executor.submit(errors.raise, 'error').catch(() => assert.equal(storage.getStore(), id));
          assert.equal(storage.getStore(), id);
        }
      };
      await Promise.all(Array.from({ length: 10 }, (_, id) => storage.run(id, () => request(id))));
    },
  },
  {
    id: 'S9-in-callbacks',
    rule: 'S9',
    title: 'callbacks of then, catch and finally run in the context in which they were added',
    async run({ create, gate, tasks: { basics } }) {
      const storage = new AsyncLocalStorage<string>();
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const future = storage.run('submit', () => executor.submit(basics.waitAt, latch.handle));
      const cancelled = storage.run('submit', () => executor.submit(basics.nothing));
      const seen: (string | undefined)[] = [];
      const note = () => void seen.push(storage.getStore());
      const added = storage.run('callback', () => [future.then(note), future.finally(note), cancelled.catch(note)]);
      await latch.waiting(1);
      storage.run('cancel', () => cancelled.cancel());
      latch.open();
      await Promise.all(added);
      assert.deepEqual(seen, ['callback', 'callback', 'callback']);
    },
  },
  {
    id: 'S9-progress-listeners',
    rule: 'S9',
    title: 'progress listeners run in the context in which they were added',
    async run({ create, tasks: { control } }) {
      const storage = new AsyncLocalStorage<string>();
      const executor = create({ maxWorkers: 1 });
      await storage.run('warm', () => executor.submit(control.reportSlowly, [1]));
      const seen: (string | undefined)[] = [];
      await storage.run('listener', () =>
        executor.submit(control.reportSlowly, [1, 2, 3]).onProgress(() => void seen.push(storage.getStore())),
      );
      assert.deepEqual(seen, ['listener', 'listener', 'listener']);
    },
  },
  {
    id: 'S9-map',
    rule: 'S9',
    title: 'the loop over map() and the input it pulls run in the context of the loop',
    async run({ create, tasks: { basics } }) {
      const storage = new AsyncLocalStorage<string>();
      const executor = create({ maxWorkers: 2 });
      await storage.run('warm', () => executor.submit(basics.add, 1, 2));
      const pulled = new Set<string | undefined>();
      function* items() {
        for (let item = 0; item < 20; item += 1) {
          pulled.add(storage.getStore());
          yield item;
        }
      }
      await storage.run('loop', async () => {
        let expected = 0;
        for await (const item of executor.map(basics.echo, items())) {
          assert.equal(storage.getStore(), 'loop');
          assert.equal(item, expected);
          expected += 1;
        }
        assert.equal(expected, 20);
      });
      assert.deepEqual([...pulled], ['loop']);
    },
  },
  {
    id: 'S9-failures-of-the-executor',
    rule: 'S9',
    title: 'the context holds where the executor itself rejects: refused arguments, time limits, signals',
    async run({ create, gate, tasks: { basics } }) {
      const storage = new AsyncLocalStorage<string>();
      const latch = await gate();
      const executor = create({ maxWorkers: 1 });
      const blocker = storage.run('warm', () => executor.submit(basics.waitAt, latch.handle));
      await latch.waiting(1);
      const controller = new AbortController();
      await storage.run('caller', async () => {
        const late = executor.with({ timeout: 1 }).submit(basics.nothing);
        const aborted = executor.with({ signal: controller.signal }).submit(basics.nothing);
        await errorOf(late);
        assert.equal(storage.getStore(), 'caller');
        storage.run('abort', () => controller.abort());
        await errorOf(aborted);
        assert.equal(storage.getStore(), 'caller');
        latch.open();
        await errorOf(executor.submit(basics.echo, () => {}));
        assert.equal(storage.getStore(), 'caller');
      });
      await blocker;
    },
  },
  {
    id: 'S9-tasks-apart',
    rule: 'S9',
    title: 'a task sees nothing of the async context that another has left in its worker, however either is called',
    async run({ script }) {
      // As Node kept async contexts before version 24, too: with resources, into which enterWith() writes.
      const flag = '--no-async-context-frame';
      for (const execArgv of allowedNodeEnvironmentFlags.has(flag) ? [[], [flag]] : [[]]) {
        const { stdout, stderr, exitCode } = await script(leavingContexts, { execArgv });
        assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '22 []\n', stderr: '', exitCode: 0 });
      }
    },
  },
];

/** Prints how often a task was asked for the context that it found, and those that it should not have found. */
const leavingContexts = `
  const executor = createExecutor({ maxWorkers: 1 });
  const { leaveContext, leaveContextLater, leaveContextInItems, leaveContextAtAbort } = tasks.carriers;
  const found = [];
  for (const task of [leaveContext, leaveContextLater]) {
    for (const value of [1, 2]) found.push(await executor.submit(task, value));
    found.push(...(await Promise.all([3, 4, {}, {}].map((value) => executor.submit(task, value)))));
    for await (const one of executor.map(task, [5, 6, 7, 8], { chunkSize: 2 })) found.push(one);
  }
  for await (const _ of executor.stream(leaveContextInItems, 9)) break;
  found.push(await executor.submit(leaveContext, 10));
  const cancelled = executor.submit(leaveContextAtAbort, 11);
  await new Promise((resolve) => cancelled.onProgress(resolve));
  cancelled.cancel();
  await cancelled.catch(() => {});
  found.push(await executor.submit(leaveContext, 12));
  await executor.shutdown();
  console.log(found.length, JSON.stringify(found.filter((value) => value !== undefined)));
`;
