// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import { type Executor, type Future, openExecutor, tasksFrom } from 'anypool';

const path = tasksFrom<{ basename(path: string): string }>('node:path');

export async function openExecutorTypes(): Promise<void> {
  const executor: Executor = await openExecutor();
  const future: Future<string> = executor.submit(path.basename, '/a/b');
  await openExecutor('workerpool:process', { maxWorkers: 2, kind: 'process', env: undefined });
  await openExecutor(process.env['MY_BACKEND'], { name: 'mine' });
  await using disposed = await openExecutor('inline');
  const remote: Executor = await openExecutor('bullmq', { connection: {}, queue: 'images', retries: 1 });
  void [future, disposed, remote];

  // @ts-expect-error: where its queue is.
  await openExecutor('bullmq:remote', { connection: {} });

  // @ts-expect-error: a promise is no executor.
  openExecutor('tinypool').submit(path.basename, '/a/b');
  // @ts-expect-error: the task's signature counts as anywhere else.
  executor.submit(path.basename, 5);
  // @ts-expect-error: a name is a string.
  await openExecutor(5);
  // @ts-expect-error: null is not "the default one" here.
  await openExecutor(null);
  // @ts-expect-error: a misspelt option.
  await openExecutor('tinypool', { maxWorker: 2 });
  // @ts-expect-error: a wrong type of option.
  await openExecutor('tinypool', { maxWorkers: '2' });
  // @ts-expect-error: the options of one library are for its own createExecutor().
  await openExecutor('tinypool', { tinypool: {} });
  // @ts-expect-error: inline is chosen by name.
  await openExecutor('inline', { kind: 'inline' });
}
