import { inlineExecutor, inlineTask, run, setDefaultExecutor, shutdownDefaultExecutor } from '@anypool/core';
import { taskContext } from '@anypool/core/task';
import { expect, test } from 'vitest';

const seen: string[] = [];
Reflect.set(globalThis, 'seeContext', () => {
  const { executor, kind, workerId } = taskContext();
  seen.push(`${executor} ${kind} ${workerId}`);
});
const see = inlineTask(() => Reflect.get(globalThis, 'seeContext')());

test('inline, too, the initializer and the finalizer know where they run', async () => {
  const executor = inlineExecutor({ name: 'hooked', initializer: { task: see }, finalizer: { task: see } });
  await executor.submit(see);
  await executor.shutdown();
  expect(seen).toEqual(['hooked inline 1', 'hooked inline 1', 'hooked inline 1']);
});

test('D7: inline, too, an initializer may wait for run() though the default executor has one worker, which it initializes', async () => {
  const add = inlineTask((a: number, b: number) => a + b);
  Reflect.set(globalThis, 'runAdd', () => run(add, 1, 2));
  const initializer = { task: inlineTask(() => Reflect.get(globalThis, 'runAdd')()) };
  setDefaultExecutor(inlineExecutor({ maxWorkers: 1, initializer }));
  expect(await run(add, 2, 3)).toBe(5);
  await shutdownDefaultExecutor();
});
