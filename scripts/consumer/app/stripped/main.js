// A task module `work.ts` that nobody has built: it is found where `work.js` is asked for, and runs if this Node strips types.
import assert from 'node:assert/strict';
import { createExecutor } from '@anypool/tinypool';
import { run, tasksFrom } from 'anypool';

const executor = createExecutor({ kind: 'thread', maxWorkers: 1 });
const built = tasksFrom(new URL('./work.js', import.meta.url));
const source = tasksFrom(new URL('./work.ts', import.meta.url));

if (process.features.typescript) {
  assert.equal(await executor.submit(built.twice, 21), 42);
  assert.deepEqual(await executor.submit(source.where), { kind: 'thread' });
  assert.equal(await run(built.twice, 21), 42);
  assert.equal(await run(source.twice, 21), 42);
} else {
  const telling = {
    code: 'ERR_TASK_MODULE',
    message: /work\.ts does, but this Node .* does not strip types: build it/,
  };
  const unknown = { code: 'ERR_TASK_MODULE', message: /Unknown file extension "\.ts"/ };
  await assert.rejects(executor.submit(built.twice, 21), telling);
  await assert.rejects(executor.submit(source.twice, 21), unknown);
  await assert.rejects(run(built.twice, 21), telling);
}
console.log(`done on ${process.version}`);
