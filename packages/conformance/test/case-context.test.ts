import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type CaseContext, runCase, type Target } from '@anypool/conformance';
import { inlineExecutor } from '@anypool/core';
import { describe, test } from 'vitest';

const target: Target = {
  kind: 'inline',
  capabilities: inlineExecutor().capabilities,
  module: import.meta.resolve('@anypool/core'),
  createExecutor: (options) => inlineExecutor(options),
};

/** Runs a body as a case, for its context. */
async function inCase(run: (context: CaseContext) => Promise<void>): Promise<void> {
  const result = await runCase({ id: 'X0-test', rule: 'X0', title: 'a case made for this test', run }, target);
  if (result.status !== 'passed') throw result.error;
}

describe('Gate', () => {
  test('tasks wait until it opens, and those who come later pass', () =>
    inCase(async ({ create, gate, tasks: { basics } }) => {
      const latch = await gate();
      const executor = create({ maxWorkers: 3 });
      const futures = [1, 2].map((value) => executor.submit(basics.waitAndReturn, latch.handle, value));
      await latch.waiting(2);
      assert.equal(latch.arrived, 2);
      assert.ok(futures.every((future) => future.state === 'running'));
      latch.open();
      assert.deepEqual(await Promise.all(futures), [1, 2]);
      assert.equal(await executor.submit(basics.waitAndReturn, latch.handle, 3), 3);
      assert.equal(latch.arrived, 3);
      latch.open();
    }));

  test('it counts those who are gone without having been let through', () =>
    inCase(async ({ gate, script }) => {
      const latch = await gate();
      const pids: number[] = [];
      const waitThere = `await (await import(fixture('basics'))).waitAt(${JSON.stringify(latch.handle)});`;
      const ended = script(waitThere, { onStart: (pid) => pids.push(pid) });
      await latch.waiting(1);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await latch.lost(1);
      assert.equal((await ended).signal, 'SIGKILL');
    }));

  test('a task that never yields waits for its file, and is counted as well', () =>
    inCase(async ({ gate, tasks: { basics } }) => {
      const latch = await gate();
      const text = `
        const { parentPort, workerData } = require('node:worker_threads');
        import(workerData.module).then(({ waitAtSync }) => {
          waitAtSync(workerData.handle);
          parentPort.postMessage('through');
        });
      `;
      const worker = new Worker(text, {
        eval: true,
        workerData: { module: basics.waitAtSync.module, handle: latch.handle },
      });
      const messages: unknown[] = [];
      worker.on('message', (message) => messages.push(message));
      const exit = new Promise((resolve) => worker.once('exit', resolve));
      await latch.waiting(1);
      assert.deepEqual(messages, []);
      latch.open();
      await exit;
      assert.deepEqual(messages, ['through']);
    }));

  test('closing it fails the tasks that wait', () =>
    inCase(async ({ create, gate, tasks: { basics } }) => {
      const latch = await gate();
      const future = create().submit(basics.waitAt, latch.handle);
      await latch.waiting(1);
      const failure = assert.rejects(future, /gate was closed/);
      await latch.close();
      await failure;
    }));
});

describe('Trace', () => {
  test('it has the lines that tasks left, in their order', () =>
    inCase(async ({ create, gate, tasks: { basics }, trace }) => {
      const [latch, first, second] = [await gate(), trace(), trace()];
      const executor = create({ maxWorkers: 1 });
      assert.deepEqual(first.lines(), []);
      await executor.submit(basics.leaveTrace, first.handle, 'one');
      const waiting = executor.submit(basics.waitAndTrace, latch.handle, first.handle, 'two');
      const lines = first.until(2);
      assert.deepEqual(first.lines(), ['one']);
      latch.open();
      assert.deepEqual(await lines, ['one', 'two']);
      await waiting;
      assert.deepEqual(second.lines(), []);
    }));
});

describe('script', () => {
  test('it runs as a module of its own, with the executor under test and the fixtures at hand', () =>
    inCase(async ({ script }) => {
      const lines: string[] = [];
      const pids: number[] = [];
      const options = {
        env: { ...process.env, GREETING: 'hello' },
        execArgv: ['--no-deprecation'],
        onLine: (line: string) => lines.push(line),
      };
      const result = await script(
        `
          const executor = createExecutor({ maxWorkers: 1 });
          console.log(kind, executor.kind, await executor.submit(tasks.basics.add, 1, 2));
          const { echo } = core.tasksFrom(fixture('basics'));
          console.log(await executor.submit(echo, process.env.GREETING), process.execArgv.join());
          console.error('complaint');
          process.exitCode = 3;
        `,
        { ...options, onStart: (pid) => pids.push(pid) },
      );
      assert.deepEqual(lines, ['inline inline 3', 'hello --no-deprecation']);
      assert.deepEqual(
        { ...result, pid: 0 },
        { stdout: `${lines.join('\n')}\n`, stderr: 'complaint\n', exitCode: 3, signal: null, pid: 0 },
      );
      assert.deepEqual(pids, [result.pid]);
      assert.notEqual(result.pid, process.pid);
    }));

  test('it tells the signal that ended it', () =>
    inCase(async ({ script }) => {
      const { exitCode, signal } = await script(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`);
      assert.deepEqual([exitCode, signal], [null, 'SIGKILL']);
    }));
});

describe('folder', () => {
  test('each is new and empty', () =>
    inCase(async ({ folder }) => {
      const [one, two] = [folder(), folder()];
      assert.notEqual(one, two);
      assert.ok(existsSync(one));
      assert.deepEqual(readdirSync(two), []);
    }));
});
