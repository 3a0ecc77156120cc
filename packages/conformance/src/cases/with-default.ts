import assert from 'node:assert/strict';
import { type Executor, setDefaultExecutor, shutdownDefaultExecutor } from '@anypool/core';

/** Runs with a default executor, which is closed afterwards, so that the cases after this one find none. */
export async function withDefault(executor: Executor, body: () => Promise<void>): Promise<void> {
  assert.equal(setDefaultExecutor(executor), undefined);
  try {
    await body();
  } finally {
    await shutdownDefaultExecutor({ timeout: 5000 });
  }
}
