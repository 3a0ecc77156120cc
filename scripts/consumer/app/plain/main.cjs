// A CommonJS script, with a task module that is CommonJS, too.
const assert = require('node:assert/strict');
const { createExecutor } = require('@anypool/tinypool');
const { run, runInExecutor, tasksFrom } = require('anypool');
const { sha256 } = require('./work.cjs');

const work = tasksFrom(require.resolve('./work.cjs'));

async function main() {
  const executor = createExecutor({ kind: 'thread', maxWorkers: 1 });
  assert.equal(await runInExecutor(executor, work.sha256, 'some text'), sha256('some text'));
  assert.deepEqual(await executor.submit(work.where), { kind: 'thread' });

  assert.equal(await run(work.sha256, 'some text'), sha256('some text'));
  assert.equal((await run(work.where)).kind, 'thread');

  console.log(`done on ${process.version}`);
}

main();
