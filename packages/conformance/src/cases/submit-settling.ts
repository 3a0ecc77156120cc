import assert from 'node:assert/strict';
import { inlineTask, tasksFrom } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { assertCode, errorOf } from './outcomes.js';
import { writeTaskFile } from './task-file.js';

/** Lose their worker, or their line to it, each in its own way. Plain functions, sent as text. */
const disasters = [
  inlineTask(function exits() {
    process.exit(3);
  }),
  inlineTask(async function exitsLater() {
    setImmediate(() => process.exit(0));
    await new Promise(() => {});
  }),
  inlineTask(async function throwsOutside() {
    setImmediate(() => {
      throw new Error('outside');
    });
    await new Promise(() => {});
  }),
  inlineTask(async function rejectsOutside() {
    void Promise.reject(new Error('outside'));
    await new Promise(() => {});
  }),
];

/** S4: a Future settles exactly once, and always. */
export const settlingCases: readonly ConformanceCase[] = [
  {
    id: 'S4-settles-once',
    rule: 'S4',
    title: 'where a result and a cancel race, the answer of cancel() tells which won, and it stays so',
    async run({ create, tasks }) {
      const executor = create({ maxWorkers: 2 });
      for (let round = 0; round < 30; round += 1) {
        const future = executor.submit(tasks.basics.addLater, round, 1);
        let settled = 0;
        const countEnds = () => {
          settled += 1;
        };
        const seen = future.then(countEnds, countEnds);
        for (let turn = 0; turn < round % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        const won = future.cancel();
        if (won) await assertCode(future, 'ERR_CANCELLED');
        else assert.equal(await future, round + 1);
        await seen;
        assert.equal(future.cancel(), false);
        assert.equal(future.state, won ? 'cancelled' : 'fulfilled');
        assert.equal(settled, 1);
      }
    },
  },
  {
    id: 'S4-after-a-crash',
    rule: 'S4',
    title: 'a task that takes its worker down settles, and so do those behind it',
    requires: ['isolation'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      for (const disaster of disasters) {
        const crashed = executor.submit(disaster);
        const behind = executor.submit(basics.add, 1, 2);
        await assertCode(crashed, 'ERR_WORKER_CRASHED');
        assert.equal(await behind, 3);
      }
    },
  },
  {
    id: 'S4-task-cuts-the-line',
    rule: 'S4',
    title: 'a task that closes the channel of its own worker settles, and so do those behind it',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const cuts = inlineTask(async function cuts() {
        const { parentPort } = await import('node:worker_threads');
        parentPort?.close();
        process.disconnect?.();
      });
      const futures = [executor.submit(cuts), executor.submit(basics.add, 1, 2)];
      await Promise.allSettled(futures);
      assert.equal(await executor.submit(basics.add, 3, 4), 7);
    },
  },
  {
    id: 'S4-after-shutdown-or-terminate',
    rule: 'S4',
    title: 'whatever ends the executor, running and queued Futures settle',
    async run({ create, gate, tasks: { basics } }) {
      for (const how of ['shutdown', 'cancel pending', 'terminate'] as const) {
        const latch = await gate();
        const executor = create({ maxWorkers: 1 });
        const futures = [executor.submit(basics.waitAt, latch.handle), executor.submit(basics.add, 1, 2)];
        await latch.waiting(1);
        if (how === 'terminate') {
          const end = executor.terminate();
          await Promise.allSettled(futures);
          latch.open();
          await end;
        } else {
          const end = executor.shutdown({ cancelPending: how === 'cancel pending' });
          latch.open();
          await Promise.all([end, Promise.allSettled(futures)]);
        }
      }
    },
  },
  {
    id: 'S4-import-that-never-ends',
    rule: 'S4',
    title: 'a task whose module never finishes importing settles after startTimeout, and so do those behind it',
    local: localOnly.modules,
    async run({ create, folder, tasks }) {
      const url = writeTaskFile(folder(), 'endless.mjs', 'await new Promise(() => {});\nexport function work() {}\n');
      const endless = tasksFrom<{ work(): void }>(url);
      const executor = create({ maxWorkers: 1, startTimeout: 2000 });
      const futures = [executor.submit(endless.work), executor.submit(endless.work)];
      const behind = executor.submit(tasks.basics.add, 1, 2);
      await Promise.all(futures.map((future) => assertCode(future, 'ERR_TASK_MODULE')));
      assert.equal(await behind, 3);
    },
  },
  {
    id: 'S4-import-in-an-endless-loop',
    rule: 'S4',
    title: 'a task whose module loops for ever while it is imported settles after startTimeout',
    requires: ['terminate'],
    async run({ create, folder, tasks }) {
      const url = writeTaskFile(folder(), 'loop.mjs', 'for (;;);\nexport function work() {}\n');
      const executor = create({ maxWorkers: 1, startTimeout: 2000 });
      const looping = executor.submit(tasksFrom<{ work(): void }>(url).work);
      const behind = executor.submit(tasks.basics.add, 1, 2);
      await assertCode(looping, 'ERR_TASK_MODULE');
      assert.equal(await behind, 3);
    },
  },
  {
    id: 'S4-every-kind-of-failure-at-once',
    rule: 'S4',
    title: 'of many tasks that end in every possible way at once, each settles',
    async run({ create, tasks: { basics, errors } }) {
      const executor = create({ maxWorkers: 2 });
      const missing = tasksFrom<{ nowhere(): void }>(basics.add.module);
      const futures = Array.from({ length: 60 }, (_, index) => {
        const submitter = index % 7 === 0 ? executor.with({ timeout: 1 }) : executor;
        if (index % 5 === 0) return submitter.submit(errors.raise, 'error');
        if (index % 5 === 1) return submitter.submit(basics.echo, () => {});
        if (index % 5 === 2) return submitter.submit(missing.nowhere);
        return submitter.submit(basics.addLater, index, 1);
      });
      futures[13]?.cancel();
      await Promise.allSettled(futures);
      for (const future of futures) assert.ok(future.state !== 'queued' && future.state !== 'running', future.state);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      await errorOf(executor.submit(errors.raise, 'error'));
    },
  },
  {
    id: 'S4-with-another-promise',
    rule: 'S4',
    title:
      'tasks and chunks settle although Promise is another class than that of async functions, here and in the worker',
    // A remote host's workers are not this test's alone.
    kinds: ['thread', 'process', 'inline'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const { basics, corners } = tasks;
        const executor = createExecutor({ maxWorkers: 1 });
        await executor.submit(corners.replacePromise);
        globalThis.Promise = class extends Promise {};
        console.log(await executor.submit(basics.addLater, 1, 2));
        const sums = Array.from({ length: 20 }, (_, i) => executor.submit(basics.addLater, i, 1));
        console.log((await core.wait(sums)).done.size);
        const later = core.inlineTask(async (value) => value);
        let items = 0;
        for await (const _ of executor.map(later, Array(20).keys(), { chunkSize: 3 })) items += 1;
        console.log(items);
        await executor.shutdown();
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '3\n20\n20\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'S4-under-fake-timers',
    rule: 'S4',
    title:
      "tasks, chunks, queues, scopes and time limits settle although a test has put fake timers in place of the caller's",
    // What brings a remote task has timers of its own.
    kinds: ['thread', 'process', 'inline'],
    async run({ kind, script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        import { mock } from 'node:test';
        mock.timers.enable();
        const { basics } = tasks;
        const executor = createExecutor({ maxWorkers: 2, maxQueue: 2 });
        console.log(await executor.submit(basics.add, 1, 2));
        const sums = [];
        for (let i = 0; i < 20; i += 1) {
          await executor.ready();
          sums.push(executor.submit(basics.add, i, 1));
        }
        console.log((await Promise.all(sums)).length);
        let items = 0;
        for await (const _ of executor.map(basics.echo, Array(20).keys(), { chunkSize: 3 })) items += 1;
        console.log(items);
        console.log(await executor.scope((scope) => scope.submit(basics.add, 2, 2)));
        // Inline, nothing would end it.
        const endless = core.inlineTask(() => new Promise(() => {}));
        if (kind !== 'inline') await executor.with({ runTimeout: 20 }).submit(endless).catch(({ code }) => console.log(code));
        await executor.shutdown();
        console.log('shut down');
      `,
        { execArgv: ['--no-warnings'] },
      );
      const limit = kind === 'inline' ? '' : 'ERR_TASK_TIMEOUT\n';
      const expected = `3\n20\n20\n4\n${limit}shut down\n`;
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: expected, stderr: '', exitCode: 0 });
    },
  },
];
