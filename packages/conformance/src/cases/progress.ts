import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { reasonOf } from './rejection.js';

/** Rule P1: progress reports. */
export const progressCases: readonly ConformanceCase[] = [
  {
    id: 'P1-all-before-the-result',
    rule: 'P1',
    title: 'five thousand reports in one go arrive in order and before the result',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      for (let round = 0; round < 3; round += 1) {
        const seen: unknown[] = [];
        const future = executor.submit(control.reportMany, 5000).onProgress((value) => seen.push(value));
        const count = await future;
        assert.equal(count, 5000);
        assert.deepEqual(
          seen,
          Array.from({ length: 5000 }, (_, i) => i),
        );
      }
    },
  },
  {
    id: 'P1-by-itself',
    rule: 'P1',
    title: 'report() works out of its context, as any function that is handed on',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const seen: unknown[] = [];
      await executor.submit(control.reportByItself, 'half').onProgress((value) => seen.push(value));
      for await (const _ of executor.map(control.reportByItself, ['a', 'b'], { chunkSize: 2 }));
      assert.deepEqual(seen, ['half']);
    },
  },
  {
    id: 'P1-while-the-task-runs',
    rule: 'P1',
    title: 'a report arrives while its task still runs, also where that never gives way to its event loop',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { control }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const future = executor.submit(control.reportAndBlock, 'half', door.handle);
      const seen = await new Promise((resolve) => future.onProgress(resolve));
      assert.deepEqual([seen, future.state], ['half', 'running']);
      door.open();
      await future;
    },
  },
  {
    id: 'P1-values',
    rule: 'P1',
    title: 'reported values travel as arguments do: copied when they are reported',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const seen: unknown[] = [];
      const onProgress = (value: unknown) => seen.push(value);
      assert.equal(await executor.submit(control.reportAndChange).onProgress(onProgress), 'done');
      assert.deepEqual(seen.splice(0), [{ step: 1 }, { step: 2 }]);
      const values = [undefined, null, 0, '', new Map([[1, new Date(0)]]), [1n], new Uint8Array(100_000).fill(7)];
      assert.equal(await executor.submit(control.reportSlowly, values).onProgress(onProgress), 'done');
      assert.deepEqual(seen, values);
    },
  },
  {
    id: 'P1-listeners',
    rule: 'P1',
    title: 'onProgress returns the Future itself; every listener hears everything',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const [first, second]: [unknown[], unknown[]] = [[], []];
      const future = executor.submit(control.reportSlowly, ['a', 'b']);
      assert.equal(
        future.onProgress((value) => first.push(value)).onProgress((value) => second.push(value)),
        future,
      );
      await future;
      assert.deepEqual(
        [first, second],
        [
          ['a', 'b'],
          ['a', 'b'],
        ],
      );
      assert.equal(
        future.onProgress(() => assert.fail('the task is over')),
        future,
      );
    },
  },
  {
    id: 'P1-nobody-listens',
    rule: 'P1',
    title: 'reports that nobody listens to are no hindrance',
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1 });
      assert.equal(await executor.submit(control.reportMany, 5000), 5000);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'P1-throwing-listener',
    rule: 'P1',
    title:
      'a listener that throws, or is asynchronous and rejects, disturbs neither the other listeners nor the task nor the process',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const seen = [];
        const future = executor.submit(tasks.control.reportSlowly, [1, 2, 3])
          .onProgress(() => { throw new Error('a broken listener'); })
          .onProgress(async () => { throw new Error('a broken asynchronous listener'); })
          .onProgress((value) => seen.push(value));
        console.log(await future, seen.join());
        console.log(await executor.submit(tasks.basics.add, 1, 2));
        await executor.shutdown();
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'done 1,2,3\n3\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'P1-never-after-the-end',
    rule: 'P1',
    title: 'once a Future is cancelled its listeners hear nothing more, though the task goes on reporting',
    async run({ create, tasks: { basics, control }, gate }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      const door = await gate();
      let [isSettled, late] = [false, 0];
      const future = executor.submit(control.reportUntil, door.handle);
      const heard = new Promise<void>((resolve) => {
        future.onProgress((value) => {
          if (isSettled) late += 1;
          if (value === 3) resolve();
        });
      });
      await heard;
      isSettled = future.cancel('enough');
      assert.equal(await reasonOf(future), 'enough');
      door.open();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(late, 0);
    },
  },
  {
    id: 'P1-cancel-in-a-listener',
    rule: 'P1',
    title: 'a listener may cancel its own task, and then nobody hears anything more',
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1 });
      const seen: unknown[] = [];
      const future = executor.submit(control.reportMany, 100);
      future.onProgress((value) => {
        seen.push(value);
        if (value === 2) future.cancel('enough');
      });
      const others: unknown[] = [];
      future.onProgress((value) => others.push(value));
      assert.equal(await reasonOf(future), 'enough');
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(
        [seen, others],
        [
          [0, 1, 2],
          [0, 1],
        ],
      );
    },
  },
  {
    id: 'P1-report-that-cannot-travel',
    rule: 'P1',
    title: 'a report that cannot be cloned delays neither the other reports nor the result',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const seen: unknown[] = [];
      assert.equal(await executor.submit(control.reportUncloneable).onProgress((value) => seen.push(value)), 'done');
      assert.deepEqual([seen[0], seen.at(-1)], ['before', 'after']);
    },
  },
  {
    id: 'P1-report-after-the-task',
    rule: 'P1',
    title: 'what a finished task still reports reaches nobody, least of all the listeners of the next task',
    async run({ create, tasks: { control }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [fuse, door, log, work] = [await gate(), await gate(), trace(), trace()];
      const seen: unknown[] = [];
      const first = executor
        .submit(control.reportAfterEnd, fuse.handle, log.handle)
        .onProgress((value) => seen.push(value));
      assert.equal(await first, 'returned');
      const next = executor
        .submit(control.span, work.handle, 'next', door.handle)
        .onProgress((value) => seen.push(value));
      await Promise.all([fuse.waiting(1), door.waiting(1)]);
      fuse.open();
      await log.until(1);
      door.open();
      assert.equal(await next, 'next');
      assert.deepEqual(seen, []);
    },
  },
  {
    id: 'P1-tasks-side-by-side',
    rule: 'P1',
    title: 'of tasks that report at the same time each is heard by its own listeners',
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 2 });
      const heard = await Promise.all(
        ['a', 'b', 'c', 'd'].map(async (name) => {
          const seen: unknown[] = [];
          await executor.submit(control.reportSlowly, Array(50).fill(name)).onProgress((value) => seen.push(value));
          return seen.join('');
        }),
      );
      assert.deepEqual(
        heard,
        ['a', 'b', 'c', 'd'].map((name) => name.repeat(50)),
      );
    },
  },
  {
    id: 'P1-reports-before-a-crash',
    rule: 'P1',
    title: 'a task that reports and dies rejects, and reports nothing after that',
    requires: ['isolation'],
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 1 });
      let [isSettled, late] = [false, 0];
      const future = executor.submit(control.reportAndExit, 1000);
      future.onProgress(() => {
        if (isSettled) late += 1;
      });
      assert.equal(Object(await reasonOf(future)).code, 'ERR_WORKER_CRASHED');
      isSettled = true;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(late, 0);
    },
  },
];
