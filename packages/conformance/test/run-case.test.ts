import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { type CaseContext, type ConformanceCase, HangError, runCase, type Target } from '@anypool/conformance';
import { type Executor, inlineExecutor } from '@anypool/core';
import { describe, test } from 'vitest';

const module = import.meta.resolve('@anypool/core');

function target(createExecutor: Target['createExecutor'] = (options) => inlineExecutor(options)): Target {
  return { kind: 'inline', capabilities: inlineExecutor().capabilities, module, createExecutor };
}

function caseOf(run: (context: CaseContext) => Promise<void>, cap = 20_000): ConformanceCase {
  return { id: 'X0-test', rule: 'X0', title: 'a case made for this test', cap, run };
}

const forever = () => new Promise<never>(() => {});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.unref();
  });
}

describe('runCase', () => {
  test('a case that ends well passes', async () => {
    assert.deepEqual(
      await runCase(
        caseOf(async () => {}),
        target(),
      ),
      { status: 'passed' },
    );
  });

  test('a case that throws fails with just that error', async () => {
    const error = new Error('broken rule');
    const thrown = caseOf(() => {
      throw error;
    });
    assert.deepEqual(await runCase(thrown, target()), { status: 'failed', error });
    assert.deepEqual(
      await runCase(
        caseOf(() => Promise.reject(error)),
        target(),
      ),
      { status: 'failed', error },
    );
  });

  test('a case that never ends fails as a hang once its cap is past', async () => {
    const result = await runCase(caseOf(forever, 20), target());
    assert.equal(result.status, 'hang');
    assert.ok(result.status === 'hang' && result.error instanceof HangError);
    assert.match(result.error.message, /hang: X0-test/);
  });

  test('a time scale stretches the cap', async () => {
    const brief = caseOf(() => new Promise((resolve) => setTimeout(resolve, 50)), 1);
    assert.equal((await runCase(brief, target(), 1)).status, 'hang');
    assert.equal((await runCase(brief, target(), 10_000)).status, 'passed');
  });

  test('a case has three times as long where workers are remote', async () => {
    const hung = await runCase(caseOf(forever, 20), { ...target(), kind: 'remote' }, 1);
    assert.ok(hung.status === 'hang' && hung.error instanceof HangError);
    assert.match(hung.error.message, /no end after 60 ms/);
  });

  for (const end of ['well', 'badly', 'never'] as const) {
    test(`what a case leaves behind is ended when it ends ${end}`, async () => {
      const left = { pid: 0, port: 0, folder: '', executor: undefined as Executor | undefined };
      const testCase = caseOf(async ({ create, folder, gate, script, tasks }) => {
        left.folder = folder();
        const latch = await gate();
        left.port = latch.handle.port;
        left.executor = create();
        void left.executor.submit(tasks.basics.waitAt, latch.handle);
        await latch.waiting(1);
        await new Promise<void>((resolve) => {
          void script(`console.log('up'); setInterval(() => {}, 1000);`, {
            onStart: (pid) => {
              left.pid = pid;
            },
            onLine: () => resolve(),
          });
        });
        if (end === 'badly') throw new Error('broken rule');
        if (end === 'never') await forever();
      }, 3000);
      const { status } = await runCase(testCase, target());
      assert.equal(status, { well: 'passed', badly: 'failed', never: 'hang' }[end]);
      assert.equal(left.executor?.state, 'closed');
      assert.equal(await connects(left.port), false);
      assert.equal(isRunning(left.pid), false);
      assert.equal(existsSync(left.folder), false);
    });
  }

  test('a case that wakes up after its end can make nothing any more', async () => {
    const waking = new AbortController();
    const attempt = new Promise((resolve) => {
      const sleeper = caseOf(async ({ create }) => {
        await new Promise((wake) => waking.signal.addEventListener('abort', wake));
        try {
          resolve(create());
        } catch (error) {
          resolve(error);
        }
      }, 20);
      void runCase(sleeper, target()).then(() => waking.abort());
    });
    assert.match(String(await attempt), /The case is over/);
  });

  test('a leftover that cannot be ended fails the case', async () => {
    const stuck = target((options) => Object.assign(inlineExecutor(options), { terminate: forever }));
    const result = await runCase(
      caseOf(async ({ create }) => void create()),
      stuck,
      0.01,
    );
    assert.equal(result.status, 'hang');
    const broken = target((options) =>
      Object.assign(inlineExecutor(options), { terminate: () => Promise.reject(new Error('no')) }),
    );
    assert.equal(
      (
        await runCase(
          caseOf(async ({ create }) => void create()),
          broken,
        )
      ).status,
      'failed',
    );
  });
});
