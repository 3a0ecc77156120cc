import { inlineExecutor, inlineTask } from '@anypool/core';
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
