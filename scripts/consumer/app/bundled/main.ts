// A program that is bundled together with the packages: the workers load their entry from the file that it was bundled into.
import assert from 'node:assert/strict';
import { createExecutor } from '@anypool/tinypool';
import { defaultMaxWorkers, inlineTask, NotCloneableError, run, setDefaultExecutor, tasksFrom } from 'anypool';
import { sha256 } from './work.js';

const workerEntry = new URL('./pool-worker.js', import.meta.url);
const work = tasksFrom<typeof import('./work.js')>(new URL('./work.js', import.meta.url));

async function main(): Promise<void> {
  await using executor = createExecutor({ kind: 'thread', maxWorkers: 1, workerEntry });
  assert.equal(await executor.submit(work.sha256, 'some text'), sha256('some text'));
  assert.deepEqual(await executor.submit(work.where), { kind: 'thread' });
  assert.equal(await executor.submit(work.whereFromInside), 'inline');
  const add = inlineTask((a: number, b: number) => a + b);
  assert.equal(await executor.submit(add, 1, 2), 3);
  await assert.rejects(executor.submit(work.goTooFar, 7), (error) => error instanceof RangeError && 'limit' in error);
  await assert.rejects(
    executor.submit(work.makeFunction),
    (error) => error instanceof NotCloneableError && error.name === 'NotCloneableError' && error.path === 'result',
  );

  // Without an entry, the adapter looks where it would be in its own package, and says what to do.
  assert.throws(() => createExecutor({ kind: 'thread' }), /pass its URL as workerEntry/);
  await assert.rejects(run(work.sha256, 'some text'), /setDefaultExecutor/);
  setDefaultExecutor(createExecutor({ workerEntry, maxWorkers: defaultMaxWorkers() }));
  assert.equal(await run(work.sha256, 'some text'), sha256('some text'));
  assert.equal((await run(work.where)).kind, 'thread');
}

main().then(() => console.log(`done on ${process.version}`));
