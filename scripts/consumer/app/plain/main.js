// An ES module. It shuts nothing down: idle workers keep no process from its end.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createExecutor } from '@anypool/tinypool';
import { inlineTask, run, runInExecutor, tasksFrom } from 'anypool';

const work = tasksFrom(new URL('./work.js', import.meta.url));
const expected = createHash('sha256').update('some text').digest('hex');

const executor = createExecutor({ kind: 'thread', maxWorkers: 1 });
assert.equal(await runInExecutor(executor, work.sha256, 'some text'), expected);
assert.deepEqual(await executor.submit(work.where), { kind: 'thread' });
assert.equal(
  await executor.submit(
    inlineTask((a, b) => a + b),
    1,
    2,
  ),
  3,
);

assert.equal(await run(work.sha256, 'some text'), expected);
assert.equal((await run(work.where)).kind, 'thread');

console.log(`done on ${process.version}`);
