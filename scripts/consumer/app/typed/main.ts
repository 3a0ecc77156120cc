// A program in TypeScript, which needs neither the types of the DOM nor `skipLibCheck`.
import assert from 'node:assert/strict';
import { createExecutor } from '@anypool/tinypool';
import { type Executor, type Future, inlineTask, NotCloneableError, run, runInExecutor, tasksFrom } from 'anypool';
import { sha256, TooFarError } from './work.js';

const work = tasksFrom<typeof import('./work.js')>(new URL('./work.js', import.meta.url));

async function main(): Promise<void> {
  const errors = [TooFarError];
  await using executor: Executor = createExecutor({ kind: 'thread', maxWorkers: 1, errors });
  const digest: Future<string> = runInExecutor(executor, work.sha256, 'some text');
  assert.equal(await digest, sha256('some text'));
  assert.deepEqual(await executor.submit(work.where), { kind: 'thread' });
  assert.equal(await executor.submit(work.whereFromInside), 'inline');
  const add = inlineTask((a: number, b: number) => a + b);
  assert.equal(await executor.submit(add, 1, 2), 3);
  await assert.rejects(
    executor.submit(work.goTooFar, 7),
    (error) => error instanceof TooFarError && error.limit === 7 && error instanceof RangeError,
  );
  await assert.rejects(
    executor.submit(work.makeFunction),
    (error) => error instanceof NotCloneableError && error.path === 'result',
  );
  // @ts-expect-error: the argument is text.
  void (() => executor.submit(work.sha256, 1));

  assert.equal(await run(work.sha256, 'some text'), sha256('some text'));
  assert.equal((await run(work.where)).kind, 'thread');
}

await main();
console.log(`done on ${process.version}`);
