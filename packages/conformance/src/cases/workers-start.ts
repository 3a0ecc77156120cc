import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { reasonOf } from './rejection.js';

const kinds = ['thread', 'process'] as const;
const startFailed = { name: 'WorkerStartError', code: 'ERR_WORKER_START' };

export const workerStartCases: readonly ConformanceCase[] = [
  {
    id: 'W5-broken-initializer',
    rule: 'W5',
    title: 'after three failed starts all waiting tasks reject with WorkerStartError and the cause',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.failToStart, args: [starts.handle, 'no licence'] },
      });
      const futures = Array.from({ length: 5 }, (_, i) => executor.submit(basics.add, i, 1));
      for (const future of futures) {
        const reason = await reasonOf(future);
        assert.deepEqual([Object(reason).name, Object(reason).code], ['WorkerStartError', 'ERR_WORKER_START']);
        const { cause } = Object(reason);
        assert.ok(cause instanceof RangeError, `the cause is ${String(cause)}`);
        assert.equal(cause.message, 'no licence');
        assert.equal(future.state, 'rejected');
      }
      assert.equal(starts.lines().length, 3);
    },
  },
  {
    id: 'W5-no-start-until-the-next-submit',
    rule: 'W5',
    title: 'after the failure no start is tried until the next submit, and then at most one a second',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const [door, starts] = [await gate(), trace()];
      const executor = create({
        maxWorkers: 1,
        initializer: { task: lifecycle.failUntilOpen, args: [door.handle, starts.handle] },
      });
      await assert.rejects(executor.submit(basics.nothing), startFailed);
      assert.equal(starts.lines().length, 3);
      // Something else takes a while meanwhile.
      const other = create({ maxWorkers: 1 });
      for (let i = 0; i < 20; i += 1) await other.submit(basics.addLater, i, 1);
      assert.equal(starts.lines().length, 3);

      const since = performance.now();
      for (let i = 0; i < 3; i += 1) await assert.rejects(executor.submit(basics.nothing), startFailed);
      const seconds = (performance.now() - since) / 1000;
      const tried = starts.lines().length - 3;
      assert.ok(tried >= 1, 'a submit after the failure is to try again');
      assert.ok(tried <= 1 + Math.ceil(seconds), `${tried} starts in ${seconds} s`);

      door.open();
      let value: unknown;
      while (value === undefined) value = await executor.submit(basics.add, 1, 2).catch(() => undefined);
      assert.equal(value, 3);
    },
  },
  {
    id: 'W5-many-workers-fail-together',
    rule: 'W5',
    title: 'with several workers failing at once the starts are still few, and every task rejects',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const executor = create({
        maxWorkers: 4,
        initializer: { task: lifecycle.failToStart, args: [starts.handle, 'no licence'] },
      });
      const ends = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => executor.submit(basics.add, i, 1)));
      assert.ok(ends.every((end) => end.status === 'rejected' && end.reason.code === 'ERR_WORKER_START'));
      // Three in a row, and the others that were under way by then.
      assert.ok(starts.lines().length <= 3 + 4, `${starts.lines().length} starts`);
    },
  },
  {
    id: 'W5-start-that-works-in-the-end',
    rule: 'W5',
    title: 'two failed starts before one that works cost no task, and are forgotten then',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      const starts = trace();
      const initializer = { task: lifecycle.failAt, args: [starts.handle, [1, 2, 4, 5]] } as const;
      const executor = create({ maxWorkers: 1, initializer });
      const futures = [executor.submit(basics.add, 1, 1), executor.submit(basics.add, 2, 2)];
      assert.deepEqual(await Promise.all(futures), [2, 4]);
      assert.equal(starts.lines().length, 3);
      await assert.rejects(executor.submit(lifecycle.exitWith, 3), { code: 'ERR_WORKER_CRASHED' });
      assert.equal(await executor.submit(basics.add, 3, 3), 6);
      assert.equal(starts.lines().length, 6);
    },
  },
  {
    id: 'W5-exit-in-the-initializer',
    rule: 'W5',
    title: 'an initializer that exits its worker fails the start',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      for (const code of [0, 7]) {
        const starts = trace();
        const executor = create({
          maxWorkers: 1,
          initializer: { task: lifecycle.exitOnStart, args: [starts.handle, code] },
        });
        const reason = await reasonOf(executor.submit(basics.nothing));
        assert.equal(Object(reason).code, 'ERR_WORKER_START');
        assert.notEqual(Object(reason).cause, undefined);
        assert.equal(starts.lines().length, 3);
      }
    },
  },
  {
    id: 'W5-killed-in-the-initializer',
    rule: 'W5',
    title: 'a process that is killed while it starts fails the start',
    kinds: ['process'],
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1, initializer: { task: lifecycle.killSelf, args: ['SIGKILL'] } });
      await assert.rejects(executor.submit(basics.nothing), startFailed);
    },
  },
  {
    id: 'W5-uncaught-in-the-initializer',
    rule: 'W5',
    title: 'an uncaught error while the initializer runs fails the start, with that error as the cause',
    kinds,
    async run({ create, tasks: { basics, lifecycle } }) {
      const executor = create({ maxWorkers: 1, initializer: { task: lifecycle.throwInTimer, args: ['late'] } });
      const reason = await reasonOf(executor.submit(basics.nothing));
      assert.equal(Object(reason).code, 'ERR_WORKER_START');
      assert.ok(Object(reason).cause instanceof Error);
    },
  },
  {
    id: 'W5-errors-that-cannot-travel',
    rule: 'W5',
    title:
      'an initializer that throws an error with a part that cannot be sent fails the start with the error as the cause',
    kinds,
    async run({ create, tasks: { basics, errors } }) {
      for (const name of ['withHostObjects', 'withReadableOnce'] as const) {
        const executor = create({ maxWorkers: 1, initializer: { task: errors.raise, args: [name] } });
        const { code, cause } = Object(await reasonOf(executor.submit(basics.nothing)));
        assert.deepEqual([code, Object(cause).message, Object(cause).code], ['ERR_WORKER_START', 'boom', 'E_BOOM']);
      }
    },
  },
  {
    id: 'W5-bad-exec-argv',
    rule: 'W5',
    title: 'Node options that no worker can take fail the start, and the error names them',
    kinds,
    async run({ create, tasks: { basics } }) {
      const executor = create({ maxWorkers: 1, execArgv: ['--no-such-option-anywhere'] });
      const reason = await reasonOf(executor.submit(basics.nothing));
      assert.equal(Object(reason).code, 'ERR_WORKER_START');
      assert.ok(Object(reason).cause instanceof Error);
      // A process says it on its stderr alone.
      assert.match(Object(reason).message, /--no-such-option-anywhere/);
      await assert.rejects(executor.warmUp(), startFailed);
    },
  },
  {
    id: 'W5-permission',
    rule: 'W5',
    title: 'where Node permits no threads, a process says which permission its start lacks, and with it starts',
    kinds: ['process'],
    async run({ script }) {
      const flag = process.allowedNodeEnvironmentFlags.has('--permission')
        ? '--permission'
        : '--experimental-permission';
      const permitted = ['--no-warnings', flag, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-child-process'];
      const text = `
        const executor = createExecutor({ maxWorkers: 1 });
        console.log(await executor.submit(tasks.basics.add, 1, 2).catch(({ message }) => message));
        await executor.shutdown();
      `;
      assert.match((await script(text, { execArgv: permitted })).stdout, /^No worker .*--allow-worker/);
      assert.equal((await script(text, { execArgv: [...permitted, '--allow-worker'] })).stdout, '3\n');
    },
  },
  {
    id: 'W5-no-file-descriptors',
    rule: 'W5',
    title:
      'a worker for which no file descriptors are left is a failed start, and no crash of the caller; the next one starts',
    kinds,
    async run({ script }) {
      // Windows has no such limit.
      if (process.platform === 'win32') return;
      const { stdout, stderr, exitCode } = await script(
        `
        import { closeSync, openSync } from 'node:fs';
        const executor = createExecutor({ maxWorkers: 1 });
        const files = [];
        try {
          for (;;) files.push(openSync('/dev/null'));
        } catch {}
        const failure = await executor.submit(tasks.basics.add, 1, 2).catch((error) => error);
        for (const file of files) closeSync(file);
        console.log(failure.code, failure.cause instanceof Error, await executor.submit(tasks.basics.add, 1, 2));
        await executor.shutdown();
        `,
        { fileDescriptors: 64 },
      );
      assert.deepEqual({ stdout, stderr, exitCode }, { stdout: 'ERR_WORKER_START true 3\n', stderr: '', exitCode: 0 });
    },
  },
  {
    id: 'W5-initializer-not-found',
    rule: 'W5',
    title: 'an initializer whose module or export is missing fails the start, with that as the cause',
    kinds,
    async run({ create, tasks: { basics } }) {
      for (const [initializer, code] of [
        [{ task: { module: 'file:///no/such/module.js', name: 'setUp' } }, 'ERR_TASK_MODULE'],
        [{ task: { module: basics.add.module, name: 'noSuchExport' } }, 'ERR_TASK_NOT_FOUND'],
      ] as const) {
        const reason = await reasonOf(create({ maxWorkers: 1, initializer }).submit(basics.nothing));
        assert.deepEqual([Object(reason).code, Object(Object(reason).cause).code], ['ERR_WORKER_START', code]);
      }
    },
  },
  {
    id: 'W5-initializer-arguments-that-cannot-travel',
    rule: 'W5',
    title: 'an initializer whose arguments cannot be cloned is refused or fails the start, and nothing waits for it',
    kinds,
    async run({ create, tasks: { basics } }) {
      const submitted = async () => {
        const executor = create({ maxWorkers: 1, initializer: { task: basics.echo, args: [{ onDone: () => {} }] } });
        await executor.submit(basics.nothing);
      };
      await assert.rejects(submitted(), Error);
    },
  },
  {
    id: 'W5-replacement-that-cannot-start',
    rule: 'W5',
    title: 'where the replacement of a crashed worker cannot start, the queued tasks reject',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      // Starts once, and never again.
      const starts = trace();
      const executor = create({ maxWorkers: 1, initializer: { task: lifecycle.startOnce, args: [starts.handle] } });
      const crashing = executor.submit(lifecycle.exitWith, 3);
      const queued = [executor.submit(basics.nothing), executor.submit(basics.nothing)];
      await assert.rejects(crashing, { code: 'ERR_WORKER_CRASHED' });
      for (const future of queued) await assert.rejects(future, startFailed);
    },
  },
  {
    id: 'W5-start-without-end',
    rule: 'W5',
    title: 'a start that never ends holds up neither a cancel nor a time limit nor terminate()',
    kinds,
    async run({ create, tasks: { basics, lifecycle }, trace }) {
      for (const initializer of [lifecycle.hangOnStart, lifecycle.spinOnStart]) {
        const log = trace();
        const executor = create({ maxWorkers: 1, initializer: { task: initializer, args: [log.handle] } });
        const cancelled = executor.submit(basics.nothing);
        const late = reasonOf(executor.with({ timeout: 20 }).submit(basics.nothing));
        const left = executor.submit(basics.nothing);
        await log.until(1);
        cancelled.cancel('enough');
        assert.equal(await reasonOf(cancelled), 'enough');
        assert.equal(Object(await late).code, 'ERR_TASK_TIMEOUT');
        const terminated = executor.terminate();
        await assert.rejects(left, { code: 'ERR_EXECUTOR_SHUTDOWN' });
        await terminated;
      }
    },
  },
];
