import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { reasonOf } from './rejection.js';
import { endlessImport, importAt, spinningImport } from './task-modules.js';

const kinds = ['thread', 'process'] as const;

export const workerStartTimeoutCases: readonly ConformanceCase[] = [
  ...(['hangOnStart', 'spinOnStart'] as const).map(
    (initializer): ConformanceCase => ({
      id: `W5a-start-timeout-${initializer}`,
      rule: 'W5a',
      title: `a start that takes longer than startTimeout has failed: ${initializer}`,
      kinds,
      async run({ create, tasks: { basics, lifecycle }, trace }) {
        const log = trace();
        const executor = create({
          maxWorkers: 1,
          startTimeout: 600,
          initializer: { task: lifecycle[initializer], args: [log.handle] },
        });
        const reason = await reasonOf(executor.submit(basics.nothing));
        assert.equal(Object(reason).code, 'ERR_WORKER_START');
        assert.ok(Object(reason).cause instanceof Error);
        await executor.shutdown();
      },
    }),
  ),
  {
    id: 'W5a-under-a-shutdown',
    rule: 'W5a',
    title: 'a shutdown that comes upon a start waits for it no longer than startTimeout',
    kinds,
    async run({ create, tasks: { lifecycle }, trace }) {
      const log = trace();
      const executor = create({
        maxWorkers: 1,
        startTimeout: 500,
        stopTimeout: Number.POSITIVE_INFINITY,
        initializer: { task: lifecycle.hangOnStart, args: [log.handle] },
      });
      const warm = executor.warmUp(1);
      const shutdown = executor.shutdown();
      await assert.rejects(warm, { code: 'ERR_EXECUTOR_SHUTDOWN' });
      await shutdown;
      assert.equal(executor.state, 'closed');
    },
  },
  {
    id: 'W5a-import-without-end',
    rule: 'W5a',
    title: 'an import that takes longer than startTimeout rejects with TaskModuleError, at every submit',
    async run({ create, trace }) {
      const executor = create({ maxWorkers: 1, startTimeout: 1000 });
      const log = trace();
      for (let round = 0; round < 2; round += 1) {
        const task = endlessImport(log.handle);
        await assert.rejects(executor.submit(task), {
          name: 'TaskModuleError',
          code: 'ERR_TASK_MODULE',
          module: task.module,
        });
      }
    },
  },
  {
    id: 'W5a-import-without-end-costs-its-worker',
    rule: 'W5a',
    title: 'after an import without end, synchronous or not, the tasks behind it run in a new worker',
    kinds,
    async run({ create, tasks: { control }, trace }) {
      const executor = create({ maxWorkers: 1, startTimeout: 1000 });
      for (const endless of [endlessImport, spinningImport]) {
        const log = trace();
        const { workerId } = await executor.submit(control.readContext);
        const future = executor.submit(endless(log.handle));
        const queued = executor.submit(control.readContext);
        await assert.rejects(future, { code: 'ERR_TASK_MODULE' });
        assert.notEqual((await queued).workerId, workerId);
        assert.deepEqual(log.lines(), ['importing']);
      }
    },
  },
  {
    id: 'W5a-long-tasks-are-no-imports',
    rule: 'W5a',
    title: 'startTimeout does not bound a task that runs, nor one that has to wait',
    kinds,
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 1, startTimeout: 800 });
      const [door, log, endless] = [await gate(), trace(), trace()];
      await executor.submit(basics.nothing);
      const long = executor.submit(control.span, log.handle, 'long', door.handle);
      const queued = executor.submit(basics.add, 1, 2);
      await door.waiting(1);
      // The clock of this case: an import that began later and is given up.
      const other = create({ maxWorkers: 1, startTimeout: 800 });
      await assert.rejects(other.submit(endlessImport(endless.handle)), { code: 'ERR_TASK_MODULE' });
      assert.equal(long.state, 'running');
      door.open();
      assert.deepEqual([await long, await queued], ['long', 3]);
    },
  },
  {
    id: 'W5a-slow-import',
    rule: 'W5a',
    title: 'an import that takes its time, but not too long, is waited for',
    local: localOnly.modules,
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      const future = executor.submit(importAt(door.handle, basics.add));
      // It takes longer than any turn of the event loop: a limit that is too short has passed by then.
      const opened = door
        .waiting(1)
        .then(() => new Promise((resolve) => setTimeout(resolve, 50)))
        .then(() => door.open());
      assert.equal(await future, 'ran');
      await opened;
    },
  },
];
