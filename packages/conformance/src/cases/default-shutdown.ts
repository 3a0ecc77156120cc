import assert from 'node:assert/strict';
import { run, setDefaultExecutor, shutdownDefaultExecutor } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { inventoryText } from './inventory.js';
import { assertCode } from './outcomes.js';
import { withDefault } from './with-default.js';

const clean = { stderr: '', exitCode: 0 };

export const defaultShutdownCases: readonly ConformanceCase[] = [
  {
    id: 'D4-drains',
    rule: 'D4',
    title: 'shutdownDefaultExecutor() lets its tasks finish, closes it, and leaves none',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      await withDefault(executor, async () => {
        const futures = [run(basics.waitAndReturn, door.handle, 'ran'), run(basics.add, 1, 2)];
        await door.waiting(1);
        const closed = [shutdownDefaultExecutor(), shutdownDefaultExecutor()];
        door.open();
        assert.deepEqual(await Promise.all(futures), ['ran', 3]);
        await Promise.all(closed);
        assert.equal(executor.state, 'closed');
        await assert.rejects(run(basics.nothing), /setDefaultExecutor/);
        await shutdownDefaultExecutor();

        const another = create({ maxWorkers: 1 });
        assert.equal(setDefaultExecutor(another), undefined);
        assert.equal(await run(basics.add, 1, 2), 3);
      });
    },
  },
  {
    id: 'D4-a-stricter-call',
    rule: 'D4',
    title: 'a second shutdownDefaultExecutor() with a time limit takes effect on the first, which has none',
    async run({ create, tasks: { basics }, gate }) {
      const executor = create({ maxWorkers: 1 });
      const door = await gate();
      await withDefault(executor, async () => {
        const future = run(basics.waitAt, door.handle);
        await door.waiting(1);
        const closed = shutdownDefaultExecutor();
        const stricter = shutdownDefaultExecutor({ timeout: 1 });
        await assertCode(future, 'ERR_EXECUTOR_SHUTDOWN');
        door.open();
        await Promise.all([closed, stricter]);
        assert.equal(executor.state, 'closed');
      });
    },
  },
  {
    id: 'D4-timeout',
    rule: 'D4',
    title: 'past its timeout shutdownDefaultExecutor() terminates',
    async run({ create, tasks: { basics }, gate }) {
      const door = await gate();
      await withDefault(create({ maxWorkers: 1 }), async () => {
        const running = run(basics.waitAt, door.handle);
        await door.waiting(1);
        const closed = shutdownDefaultExecutor({ timeout: 20 });
        await assert.rejects(running, { code: 'ERR_EXECUTOR_SHUTDOWN' });
        door.open();
        await closed;
      });
    },
  },
  {
    id: 'D4-fifty-rounds',
    rule: 'D4',
    title: 'fifty rounds of use and shutdown leave no thread, process, handle or listener behind',
    cap: 60_000,
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        ${inventoryText}
        const before = inventory();
        for (let round = 0; round < 50; round += 1) {
          core.setDefaultExecutor(createExecutor({ maxWorkers: 2 }));
          const sum = await core.run(tasks.basics.add, round, 1);
          if (sum !== round + 1) throw new Error('wrong: ' + sum);
          await core.shutdownDefaultExecutor();
        }
        console.log(await unchanged(before));
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'nothing is left\n', ...clean });
    },
  },
];
