import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { crashOf } from './crash.js';
import { isThere, killChild, orphanEnd } from './process-end.js';
import { killingImport } from './task-modules.js';

const kinds = ['thread', 'process'] as const;

export const workerKilledCases: readonly ConformanceCase[] = [
  ...(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const).map(
    (signal): ConformanceCase => ({
      id: `W2-signal-${signal}`,
      rule: 'W2',
      title: `a process that ends by ${signal} rejects its task with the signal`,
      kinds: ['process'],
      async run({ create, tasks: { basics, lifecycle } }) {
        const executor = create({ maxWorkers: 1 });
        const future = executor.submit(lifecycle.killSelf, signal);
        const queued = executor.submit(basics.add, 1, 2);
        const error = await crashOf(future);
        assert.deepEqual([error.signal, error.exitCode], [signal, undefined]);
        assert.equal(await queued, 3);
      },
    }),
  ),
  {
    id: 'W2-abort-in-a-process',
    rule: 'W2',
    title: 'a native abort in a process rejects its task with SIGABRT and spares the caller',
    kinds: ['process'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const { code, signal } = await executor.submit(tasks.lifecycle.abort).catch((error) => error);
        console.log(code, signal, await executor.submit(tasks.basics.add, 1, 2));
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'ERR_WORKER_CRASHED SIGABRT 3\n', exitCode: 0 });
    },
  },
  {
    id: 'W2-abort-in-a-thread',
    rule: 'W2',
    title: 'process.abort() in a thread, which Node refuses, is an ordinary error',
    kinds: ['thread'],
    async run({ create, tasks: { control, lifecycle } }) {
      const executor = create({ maxWorkers: 1 });
      const { workerId } = await executor.submit(control.readContext);
      await assert.rejects(executor.submit(lifecycle.abort), { code: 'ERR_WORKER_UNSUPPORTED_OPERATION' });
      assert.equal((await executor.submit(control.readContext)).workerId, workerId);
    },
  },
  {
    id: 'W2-killed-from-outside',
    rule: 'W2',
    title: 'a busy process that is killed from outside rejects its task alone; those of the others go on',
    kinds: ['process'],
    async run({ create, tasks: { basics, control }, gate, trace }) {
      const executor = create({ maxWorkers: 2 });
      const [pause, door, log] = [await gate(), await gate(), trace()];
      const survivor = executor.submit(control.span, log.handle, 'survivor', door.handle);
      await door.waiting(1);
      const { pid } = await executor.submit(basics.place);
      const victim = executor.submit(basics.waitAt, pause.handle);
      await pause.waiting(1);
      const queued = [1, 2, 3].map((n) => executor.submit(basics.add, n, n));
      const killed = killChild(pid);
      assert.equal((await crashOf(victim)).signal, 'SIGKILL');
      await killed;
      assert.deepEqual(await Promise.all(queued), [2, 4, 6]);
      assert.equal(survivor.state, 'running');
      door.open();
      assert.equal(await survivor, 'survivor');
    },
  },
  {
    id: 'W2-out-of-memory',
    rule: 'W2',
    title: 'a worker that runs out of memory rejects its task, and says that this was why',
    kinds,
    cap: 60_000,
    async run({ script }) {
      const { stdout, exitCode } = await script(
        `
        const executor = createExecutor({ maxWorkers: 1 });
        const future = executor.submit(tasks.lifecycle.allocateWithoutEnd);
        const queued = executor.submit(tasks.basics.add, 1, 2);
        const error = await future.catch((error) => error);
        console.log(error.code, error.outOfMemory, await queued);
        await executor.shutdown();
        `,
        { execArgv: ['--max-old-space-size=64'] },
      );
      assert.deepEqual({ stdout, exitCode }, { stdout: 'ERR_WORKER_CRASHED true 3\n', exitCode: 0 });
    },
  },
  {
    id: 'W2-last-words',
    rule: 'W2',
    title: "the error of a crashed process has the tail of that worker's stderr, and no more than that",
    kinds: ['process'],
    async run({ script }) {
      const { stdout, exitCode } = await script(`
        const executor = createExecutor({ maxWorkers: 1 });
        const crash = (bytes, words) => executor.submit(tasks.lifecycle.complainAndExit, bytes, words, 3).catch((error) => error);
        const first = await crash(50_000, 'these were my last words');
        console.log(first.code, first.exitCode, first.stderr.length <= 8192, first.stderr.includes('these were my last words'));
        const second = await crash(0, 'these are mine');
        console.log(second.stderr.includes('these are mine'), second.stderr.includes('last words'));
      `);
      assert.deepEqual({ stdout, exitCode }, { stdout: 'ERR_WORKER_CRASHED 3 true true\ntrue false\n', exitCode: 0 });
    },
  },
  {
    id: 'W2-killed-on-import',
    rule: 'W2',
    title: 'a process that is killed while it imports a module costs that task alone',
    kinds: ['process'],
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1 });
      const future = executor.submit(killingImport('SIGKILL'));
      const queued = executor.submit(basics.add, 1, 2);
      const { during, signal } = await crashOf(future);
      assert.deepEqual({ during, signal }, { during: 'import', signal: 'SIGKILL' });
      assert.equal(await queued, 3);
    },
  },
  {
    id: 'W2-child-of-a-worker-lives-on',
    rule: 'W2',
    title: 'a process started by a task, which holds the output of its worker open, delays neither crash nor shutdown',
    kinds: ['process'],
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const log = trace();
      try {
        const executor = create({ maxWorkers: 1 });
        const future = executor.submit(lifecycle.exitLeavingChild, log.handle, 3);
        const queued = executor.submit(basics.add, 1, 2);
        assert.equal((await crashOf(future)).exitCode, 3);
        assert.equal(await queued, 3);
        await executor.submit(lifecycle.leaveChild, log.handle);
        await executor.shutdown();
        for (const pid of log.lines()) assert.ok(isThere(Number(pid)));
      } finally {
        for (const pid of log.lines().map(Number)) {
          if (!isThere(pid)) continue;
          process.kill(pid, 'SIGKILL');
          await orphanEnd(pid);
        }
      }
    },
  },
];
