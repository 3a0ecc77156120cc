// A CommonJS program in TypeScript. The task module is an ES module: only workers import it.
import assert = require('node:assert/strict');
import adapter = require('@anypool/tinypool');
import anypool = require('anypool');
import path = require('node:path');

const work = anypool.tasksFrom<{ sha256(text: string): string; where(): { readonly kind: string } }>(
  path.join(__dirname, 'work.js'),
);

async function main(): Promise<void> {
  const executor: anypool.Executor = adapter.createExecutor({ kind: 'thread', maxWorkers: 1 });
  const digest: string = await executor.submit(work.sha256, 'some text');
  assert.deepEqual(await executor.submit(work.where), { kind: 'thread' });

  assert.equal(await anypool.run(work.sha256, 'some text'), digest);
  assert.equal((await anypool.run(work.where)).kind, 'thread');

  console.log(`done on ${process.version}`);
}

void main();
