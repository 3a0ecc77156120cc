import assert from 'node:assert/strict';

/** What the promise rejects with, compared by identity where that matters: `assert.rejects` only matches shapes. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (reason) {
    return reason;
  }
  assert.fail('It was to reject, and resolved.');
}

/** Whether the promise has settled already; a promise that settles now is given the few turns that it needs. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const settled = promise.then(
    () => true,
    () => true,
  );
  const winner = await Promise.race([settled, new Promise((resolve) => setImmediate(resolve, pending))]);
  return winner !== pending;
}
