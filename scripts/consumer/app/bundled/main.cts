// A program that is bundled to CommonJS, where there is no `import.meta.url`: everything is found by `__dirname`.
import assert = require('node:assert/strict');
import adapter = require('@anypool/tinypool');
import anypool = require('anypool');
import path = require('node:path');

const workerEntry = path.join(__dirname, 'pool-worker.cjs');
const work = anypool.tasksFrom<typeof import('./work.cjs')>(path.join(__dirname, 'work.cjs'));

async function main(): Promise<void> {
  const executor = adapter.createExecutor({ kind: 'thread', maxWorkers: 1, workerEntry });
  const digest = await executor.submit(work.sha256, 'some text');
  assert.deepEqual(await executor.submit(work.where), { kind: 'thread' });

  await assert.rejects(anypool.run(work.where), /setDefaultExecutor/);
  anypool.setDefaultExecutor(adapter.createExecutor({ workerEntry, maxWorkers: anypool.defaultMaxWorkers() }));
  assert.equal(await anypool.run(work.sha256, 'some text'), digest);
  assert.equal((await anypool.run(work.where)).kind, 'thread');

  console.log(`done on ${process.version}`);
}

void main();
