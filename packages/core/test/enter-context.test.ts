import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { registerContextCarrier } from '@anypool/core';
import { test } from 'vitest';
import { inContext } from '../src/worker/enter-context.js';

const storage = new AsyncLocalStorage<string>();

const call = { module: 'file:///items.js', name: 'items' };

function* items(): Generator<string | undefined> {
  yield storage.getStore();
  yield storage.getStore();
}

async function* itemsLater(): AsyncGenerator<string | undefined> {
  yield storage.getStore();
  await new Promise((resolve) => setImmediate(resolve));
  yield storage.getStore();
}

test('the body of a generator runs in the context of its call, whoever asks for its items', async () => {
  using _carrier = registerContextCarrier<string>({
    name: 'text',
    inject: () => undefined,
    extract: (value, run) => storage.run(value, run),
  });
  const found: unknown[] = [];
  await storage.run('elsewhere', async () => {
    for (const item of inContext({ ...call, context: { text: 'here' } }, items)() as ReturnType<typeof items>)
      found.push(item);
    for await (const item of inContext({ ...call, context: { text: 'here' } }, itemsLater)() as ReturnType<
      typeof itemsLater
    >)
      found.push(item);
    assert.equal(storage.getStore(), 'elsewhere');
  });
  assert.deepEqual(found, ['here', 'here', 'here', 'here']);
});

test('without values, or without a carrier for one, the task is called as it is', () => {
  assert.equal(inContext(call, items), items);
  assert.equal(inContext({ ...call, context: { unknown: 1 } }, () => storage.getStore())(), undefined);
});
