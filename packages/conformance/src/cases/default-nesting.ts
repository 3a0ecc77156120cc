import assert from 'node:assert/strict';
import { run } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import type { NestedFacts } from '../fixtures/control.js';
import { withDefault } from './with-default.js';

const kinds = ['thread', 'process'] as const;
const local = [...kinds, 'inline'] as const;
const core = import.meta.resolve('@anypool/core');

function* levels(outermost: NestedFacts): Generator<NestedFacts> {
  for (let facts: NestedFacts | undefined = outermost; facts !== undefined; facts = facts.inner) yield facts;
}

export const defaultNestingCases: readonly ConformanceCase[] = [
  {
    id: 'D7-nested-use-stays-in-the-worker',
    rule: 'D7',
    title: 'inside a worker the default executor is inline: nested run() ends, in the same thread, however deep',
    kinds: local,
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1 });
      const facts = [...levels(await executor.submit(control.nest, core, control.nest.module, 40))];
      assert.equal(facts.length, 40);
      assert.equal(new Set(facts.map(({ pid, threadId }) => `${pid}:${threadId}`)).size, 1);
      assert.ok(facts.every(({ defaultKind }) => defaultKind === 'inline'));
    },
  },
  {
    id: 'D7-nested-in-the-default-executor',
    rule: 'D7',
    title: 'a task of the default executor may wait for run() though the one worker there is runs that task',
    kinds: local,
    async run({ create, tasks: { basics, control } }) {
      const { nest, nestWide } = control;
      await withDefault(create({ maxWorkers: 1 }), async () => {
        const facts = [...levels(await run(nest, core, nest.module, 5))];
        assert.ok(facts.every(({ defaultKind }) => defaultKind === 'inline'));
        assert.equal(await run(nestWide, core, basics.add.module, 10), 55);
      });
    },
  },
  {
    id: 'D7-many-nested-at-once',
    rule: 'D7',
    title: 'tasks in every worker may each run many others through the default executor',
    kinds: local,
    async run({ create, tasks: { basics, control } }) {
      const executor = create({ maxWorkers: 2 });
      const futures = Array.from({ length: 4 }, () => executor.submit(control.nestWide, core, basics.add.module, 100));
      assert.deepEqual(await Promise.all(futures), [5050, 5050, 5050, 5050]);
    },
  },
  {
    id: 'D7-nested-context',
    rule: 'D7',
    title: 'a nested task has a context of its own, and the one around it keeps its own',
    kinds: local,
    async run({ create, tasks: { control } }) {
      const executor = create({ maxWorkers: 1, name: 'outer' });
      const { before, nested, after } = await executor.submit(control.contextsAround, core, control.readContext.module);
      assert.deepEqual([before.executor, before.kind], ['outer', executor.kind]);
      assert.deepEqual(after, before);
      assert.equal(nested.kind, 'inline');
      assert.notEqual(nested.executor, 'outer');
    },
  },
  {
    id: 'D7-not-in-just-any-thread',
    rule: 'D7',
    title:
      "an ordinary Worker thread of the caller's own is not inside a worker: it can have a default executor like anyone",
    kinds,
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        import { isMainThread, threadId, Worker } from 'node:worker_threads';
        import { fileURLToPath } from 'node:url';
        if (isMainThread) {
          new Worker(fileURLToPath(import.meta.url)).on('exit', (code) => console.log('exit ' + code));
        } else {
          console.log(await core.run(tasks.basics.add, 1, 2).catch((error) => /setDefaultExecutor/.test(error.message)));
          core.setDefaultExecutor(createExecutor({ maxWorkers: 1 }));
          const place = await core.run(tasks.basics.place);
          console.log(core.getDefaultExecutor().kind === kind, kind === 'thread' ? place.threadId !== threadId : place.pid !== process.pid);
          await core.shutdownDefaultExecutor();
        }
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'true\ntrue true\nexit 0\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'D7-module-that-submits-itself',
    rule: 'D7',
    title:
      'a module that submits a task of its own while it is imported, as the main script may, starts no worker after worker: in a worker that rejects',
    kinds,
    async run({ script }) {
      const printed = `(error) => console.log(error.code, /worker after worker/.test(error.message))`;
      const { stdout, stderr, exitCode } = await script(`
        export const work = () => 'ran';
        const executor = createExecutor({ maxWorkers: 1 });
        const own = core.tasksFrom(import.meta.url);
        executor.submit(own.work).then(console.log, ${printed}).finally(() => executor.shutdown());
      `);
      assert.deepEqual(
        { stdout, stderr, exitCode },
        { stdout: 'ERR_TASK_MODULE true\nran\n', stderr: '', exitCode: 0 },
      );
      const waiting = await script(`
        export const work = () => 'ran';
        const executor = createExecutor({ maxWorkers: 1 });
        await executor.submit(core.tasksFrom(import.meta.url).work).catch(${printed});
        await executor.shutdown();
      `);
      assert.equal(waiting.stdout, 'ERR_TASK_MODULE true\n');
    },
  },
  {
    id: 'D7-not-by-the-environment',
    rule: 'D7',
    title: 'a program that a task starts is not inside a worker, though it has the environment of one',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      const text = `
        import { run } from ${JSON.stringify(core)};
        await run({ module: ${JSON.stringify(basics.add.module)}, name: 'add' }, 1, 2).catch((error) => console.log(error.code));
      `;
      assert.equal(await executor.submit(lifecycle.runNode, text), 'ERR_WORKER_START\n');
    },
  },
  {
    id: 'D7-the-caller-is-no-worker',
    rule: 'D7',
    title: 'using executors makes no worker of the caller: without a default executor run() still rejects',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      await assert.rejects(run(basics.nothing), /setDefaultExecutor/);
    },
  },
];
