import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What takes Node longer to load than all of ours takes, and what a program with threads does not need. */
const slow = ['crypto', 'child_process', 'net', 'v8', 'fs/promises', 'internal/repl/history'];

test('an import loads none of Node’s own modules that only some executors need', () => {
  const script = `
    // What any module takes.
    await import('data:text/javascript,');
    const before = new Set(process.moduleLoadList);
    await import(${JSON.stringify(import.meta.resolve('anypool'))});
    console.log(process.moduleLoadList.filter((name) => !before.has(name)).join('\\n'));`;
  const list = execFileSync(process.execPath, ['-e', `(async () => {${script}})()`], { encoding: 'utf8' });
  const loaded = list.split('\n').map((line) => line.replace('NativeModule ', ''));
  expect(loaded).toContain('worker_threads');
  expect(loaded.filter((name) => slow.includes(name))).toEqual([]);
});

test('anypool/task is what tasks use of @anypool/core, the same in a worker of either', async () => {
  const { run, tasksFrom } = await import('anypool');
  const [own, core] = await Promise.all([import('anypool/task'), import('@anypool/core/task')]);
  expect({ ...own }).toEqual({ ...core });
  const { taskId } = tasksFrom<typeof import('./fixtures/task-id.js')>(
    new URL('./fixtures/task-id.js', import.meta.url),
  );
  const future = run(taskId);
  expect(await future).toBe(future.id);
});
