import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../case.js';
import { localOnly } from '../local-only.js';
import { globalsText } from './globals.js';
import { inventoryText } from './inventory.js';

const clean = { stderr: '', exitCode: 0 };

// As it was before an adapter was loaded here: what one changes comes to every script.
const untouched = { ...process.env };

export const processLifeCases: readonly ConformanceCase[] = [
  {
    id: 'X6-unused-executor',
    rule: 'X6',
    title: 'an executor that was never used does not keep the process alive',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        createExecutor({ maxWorkers: 2, minWorkers: 2 });
        console.log('end');
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'end\n', ...clean });
    },
  },
  {
    id: 'X6-idle-executor',
    rule: 'X6',
    title: 'an idle executor does not keep the process alive, though its workers and time limits would go on for long',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 2, minWorkers: 2, idleTimeout: Infinity });
        const view = executor.with({ timeout: 1e9, runTimeout: 1e9 });
        console.log(await view.submit(tasks.basics.add, 1, 2));
        if (kind !== 'inline') await executor.submit(tasks.lifecycle.holdTheEventLoop);
        await executor.warmUp();
        console.log('end');
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '3\nend\n', ...clean });
    },
  },
  {
    id: 'X6-outstanding-tasks',
    rule: 'X6',
    title: 'a script that ends with tasks running and queued loses none, and their continuations run',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        for (let i = 0; i < 5; i += 1) {
          executor.submit(tasks.basics.addLater, i, 1)
            .then((sum) => executor.submit(tasks.basics.add, sum, 10))
            .then((sum) => console.log(sum));
        }
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '11\n12\n13\n14\n15\n', ...clean });
    },
  },
  {
    id: 'X6-top-level-await',
    rule: 'X6',
    title: 'every promise of an executor can be awaited at the top of a module',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 2 });
        await executor.warmUp();
        console.log(await executor.submit(tasks.basics.addLater, 1, 2));
        for await (const value of executor.map(tasks.basics.echo, [1, 2])) console.log(value);
        await core.wait([executor.submit(tasks.basics.addLater, 1, 2)]);
        for await (const future of core.asCompleted([executor.submit(tasks.basics.addLater, 1, 2)])) console.log(await future);
        const never = executor.submit(tasks.control.awaitForever, { file: 'trace' }).catch((error) => error.code);
        await executor.submit(tasks.basics.nothing);
        await executor.terminate();
        console.log(await never);
        const other = createExecutor({ maxWorkers: 1 });
        await other.submit(tasks.basics.nothing);
        await other.shutdown();
        console.log('end');
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '3\n1\n2\n3\nERR_EXECUTOR_SHUTDOWN\nend\n', ...clean });
    },
  },
  {
    id: 'X6-shutdown-under-way',
    rule: 'X6',
    title: 'a shutdown under way keeps the process alive until it is through',
    local: localOnly.hooks,
    async run({ script }) {
      for (const stop of ['shutdown', 'terminate']) {
        const { stdout, stderr, exitCode } = await script(`
          const executor = createExecutor({ maxWorkers: 1, finalizer: { task: tasks.lifecycle.finishLater, args: [{ file: 'trace' }] } });
          await executor.submit(tasks.basics.nothing);
          executor.${stop}().then(() => console.log(executor.state));
        `);
        assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'closed\n', ...clean });
      }
    },
  },
  {
    id: 'X6-limits-and-signals',
    rule: 'X6',
    title: 'a task that only its time limit, its signal or a shutdown timeout will end is waited for',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const forever = (view) => view.submit(tasks.control.awaitForever, { file: 'trace' }).catch((error) => console.log(error.name));
        await forever(executor.with({ runTimeout: 300 }));
        if (kind === 'inline') {
          // The task before keeps its slot there.
          const another = createExecutor({ maxWorkers: 1 });
          await Promise.all([forever(another), another.shutdown({ timeout: 100 })]);
        } else {
          await Promise.all([forever(executor), executor.shutdown({ timeout: 100 })]);
        }
        console.log('end');
        process.exit();
      `);
      assert.deepEqual(
        { stdout, stderr, exitCode },
        { stdout: 'TimeoutError\nExecutorShutdownError\nend\n', ...clean },
      );
    },
  },
  {
    id: 'X6-a-start-without-end',
    rule: 'X6',
    title: 'a worker whose start never ends does not keep the process alive, when nothing waits for it any more',
    kinds: ['thread', 'process'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const initializer = { task: tasks.control.awaitForever, args: [{ file: 'trace' }] };
        const executor = createExecutor({ maxWorkers: 1, startTimeout: 1e6, initializer });
        const future = executor.submit(tasks.basics.nothing);
        const { existsSync } = await import('node:fs');
        while (!existsSync('trace')) await new Promise((resolve) => setImmediate(resolve));
        future.cancel('enough');
        console.log(await future.catch((reason) => reason));
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'enough\n', ...clean });
    },
  },
  {
    id: 'X6-after-a-crash',
    rule: 'X6',
    title: 'tasks that wait for the replacement of a crashed worker keep the process alive',
    kinds: ['thread', 'process'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        executor.submit(tasks.lifecycle.exitWith, 3).catch((error) => console.log(error.exitCode));
        executor.submit(tasks.basics.add, 1, 2).then((sum) => console.log(sum));
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '3\n3\n', ...clean });
    },
  },
  {
    id: 'X6-while-starts-fail',
    rule: 'X6',
    title:
      'tasks that wait for workers which cannot start keep the process alive until they have rejected, and no longer',
    kinds: ['thread', 'process'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({
          maxWorkers: 2,
          minWorkers: 2,
          initializer: { task: tasks.lifecycle.failToStart, args: [{ file: 'trace' }, 'broken'] },
        });
        const failed = (error) => console.log(error.code);
        executor.submit(tasks.basics.nothing).catch((error) => {
          failed(error);
          executor.submit(tasks.basics.nothing).catch(failed);
        });
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'ERR_WORKER_START\nERR_WORKER_START\n', ...clean });
    },
  },
  {
    id: 'X6-cancelled-task-in-its-worker',
    rule: 'X6',
    title: 'a cancelled task that still spins in its worker does not keep the process from ending for ever',
    kinds: ['thread', 'process'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        import { existsSync } from 'node:fs';
        const executor = createExecutor({ maxWorkers: 1, cancelGrace: 100 });
        const loop = executor.submit(tasks.control.spinForever, { file: 'trace' });
        while (!existsSync('trace')) await new Promise((resolve) => setTimeout(resolve, 5));
        loop.cancel('enough');
        console.log(await loop.catch((reason) => reason));
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'enough\n', exitCode: 0 });
    },
  },
  {
    id: 'X6-exit-with-work-outstanding',
    rule: 'X6',
    title: 'process.exit() ends the process at once with its own code, whatever is outstanding',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 2 });
        await executor.submit(tasks.basics.nothing);
        executor.submit(tasks.control.awaitForever, { file: 'trace' });
        executor.submit(tasks.basics.nothing);
        process.exit(7);
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: '', stderr: '', exitCode: 7 });
    },
  },
  {
    id: 'X7-nothing-is-left',
    rule: 'X7',
    title:
      'after use and shutdown there is no worker, handle, file, listener or changed global that was not there before',
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        ${inventoryText}
        const before = inventory();
        const executor = createExecutor({ maxWorkers: 3, minWorkers: 1 });
        await executor.warmUp();
        const view = executor.with({ timeout: 1e6, runTimeout: 1e6, signal: new AbortController().signal });
        await Promise.all([1, 2, 3, 4].map((n) => view.submit(tasks.basics.addLater, n, n)));
        await view.submit(tasks.control.reportMany, 10).onProgress(() => {});
        for await (const _ of executor.map(tasks.basics.echo, [1, 2, 3])) break;
        await executor.shutdown();
        console.log(await unchanged(before));
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'nothing is left\n', ...clean });
    },
  },
  {
    id: 'X7-nothing-is-left-after-trouble',
    rule: 'X7',
    title: 'crashes, cancels by force, failed starts and terminate() leave nothing behind either',
    kinds: ['thread', 'process'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        ${inventoryText}
        const before = inventory();
        const ignore = () => {};
        const executor = createExecutor({ maxWorkers: 2, cancelGrace: 0 });
        for (let round = 0; round < 3; round += 1) {
          await executor.submit(tasks.lifecycle.exitWith, round).catch(ignore);
          await executor.submit(tasks.lifecycle.throwInTimer, 'uncaught').catch(ignore);
          await executor.with({ runTimeout: 100 }).submit(tasks.control.spinForever, { file: 'trace' }).catch(ignore);
        }
        executor.submit(tasks.control.spinForever, { file: 'trace' }).catch(ignore);
        await executor.submit(tasks.basics.nothing);
        await executor.terminate();
        const broken = createExecutor({ initializer: { task: tasks.lifecycle.failToStart, args: [{ file: 'trace' }, 'broken'] } });
        await broken.submit(tasks.basics.nothing).catch(ignore);
        await broken.shutdown();
        const hasty = createExecutor({ maxWorkers: 2 });
        hasty.submit(tasks.basics.nothing).catch(ignore);
        await hasty.terminate();
        console.log(await unchanged(before));
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'nothing is left\n', exitCode: 0 });
    },
  },
  {
    id: 'X7-abandoned-map',
    rule: 'X7',
    title: 'a map that was neither read to its end nor left has no listener at its signal after the shutdown',
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const { signal } = new AbortController();
      const results = executor.map(basics.echo, [1, 2], { signal });
      for (const value of [1, 2]) assert.deepEqual(await results.next(), { done: false, value });
      await executor.shutdown();
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    },
  },
  {
    id: 'X7-executors-side-by-side',
    rule: 'X7',
    title: 'shutting one executor down takes nothing from another',
    async run({ create, tasks: { basics }, gate }) {
      const [first, second] = [create({ maxWorkers: 1 }), create({ maxWorkers: 1 })];
      const door = await gate();
      await first.submit(basics.nothing);
      const future = second.with({ timeout: 60_000 }).submit(basics.waitAndReturn, door.handle, 'second');
      await door.waiting(1);
      await first.shutdown();
      door.open();
      assert.equal(await future, 'second');
      assert.equal(await second.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'X8-import',
    rule: 'X8',
    title: 'importing the adapter, and with it its library, adds no listener on process and changes no global',
    async run({ adapter, kind, script }) {
      // In a process of its own, since the script itself has imported it before anything could be looked at.
      const text = `
        ${globalsText}
        // Where to find it, a remote adapter may be told by the environment.
        if (${kind !== 'remote'})
          for (const key of Object.keys(process.env)) if (!/^(?:NODE|ANYPOOL)_/.test(key)) delete process.env[key];
        const listeners = () => process.eventNames().map((name) => String(name) + ' ' + process.listenerCount(name)).join();
        const [before, heard] = [globals(), listeners()];
        await import(${JSON.stringify(adapter)});
        console.log(changesSince(before), listeners() === heard || listeners());
      `;
      const { stdout, stderr, exitCode } = await script(`
        import { spawnSync } from 'node:child_process';
        spawnSync(process.execPath, ['--input-type=module', '--eval', ${JSON.stringify(text)}], { stdio: 'inherit' });
      `);
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'nothing is changed true\n', ...clean });
    },
  },
  {
    id: 'X8-globals',
    rule: 'X8',
    title: 'an executor that is made, used and shut down changes no global, intrinsic or property of its process',
    async run({ kind, script }) {
      const { stdout, stderr, exitCode } = await script(
        `
        ${globalsText}
        const before = globals();
        const executor = createExecutor({ maxWorkers: 2 });
        const view = executor.with({ timeout: 1e6, priority: 1, signal: new AbortController().signal });
        await Promise.all([1, 2, 3].map((n) => view.submit(tasks.basics.addLater, n, n)));
        for await (const _ of executor.map(tasks.basics.echo, [1, 2, 3])) break;
        if (executor.capabilities.stream) for await (const _ of executor.stream(tasks.streams.count, 3));
        await executor.submit(tasks.control.failWith, 'broken').catch(() => {});
        if (executor.capabilities.isolation) await executor.submit(tasks.lifecycle.exitWith, 3).catch(() => {});
        console.log(changesSince(before));
        await executor.shutdown();
        console.log(changesSince(before));
      `,
        { env: kind === 'remote' ? process.env : untouched },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'nothing is changed\nnothing is changed\n', ...clean });
    },
  },
  {
    id: 'X8-silent-in-trouble',
    rule: 'X8',
    title: 'nothing is printed over crashes, cancels by force, refusals, failed starts and what terminate() breaks off',
    requires: ['isolation'],
    async run({ script }) {
      const { stdout, stderr, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const { terminate } = executor.capabilities;
        const hasty = executor.with({ runTimeout: 30, ...(terminate && { cancelGrace: 0 }) });
        const tell = (error) => console.log(error.name);
        await executor.submit(tasks.lifecycle.exitWith, 3).catch(tell);
        if (kind === 'process') await executor.submit(tasks.lifecycle.killSelf, 'SIGKILL').catch(tell);
        else await executor.submit(tasks.lifecycle.exitWith, 0).catch(tell);
        await executor.submit(tasks.control.failWith, 'broken').catch(tell);
        await hasty.submit(terminate ? tasks.control.spinForever : tasks.control.untilAborted, { file: 'trace' }).catch(tell);
        await executor.submit(tasks.basics.echo, () => {}).catch(tell);
        await executor.submit(tasks.values.make, 'functionInside').catch(tell);
        await executor.submit(core.tasksFrom('file:///absent.js').task).catch(tell);
        console.log(await executor.submit(tasks.lifecycle.exitRightAfter, 0), await executor.submit(tasks.basics.add, 1, 2));
        const broken = createExecutor({ maxWorkers: 1, initializer: { task: tasks.lifecycle.failToStart, args: [{ file: 'trace' }, 'broken'] } });
        await broken.submit(tasks.basics.nothing).catch(tell);
        await broken.shutdown();
        const endless = executor.submit(tasks.control.awaitForever, { file: 'trace' });
        await new Promise((resolve) => setImmediate(resolve));
        await Promise.all([executor.terminate(), endless.catch(tell)]);
        await executor.submit(tasks.basics.nothing).catch(tell);
      `);
      const ends = ['WorkerCrashedError', 'WorkerCrashedError', 'Error', 'TimeoutError', 'NotCloneableError'];
      ends.push('NotCloneableError', 'TaskModuleError', 'returned 3', 'WorkerStartError');
      ends.push('ExecutorShutdownError', 'ExecutorShutdownError', '');
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: ends.join('\n'), ...clean });
    },
  },
];
