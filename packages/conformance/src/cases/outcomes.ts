import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ExecutorError, Future, FutureState } from '@anypool/core';
import { reasonOf } from './rejection.js';

/** What the promise rejects with, where that must be an Error. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const reason = await reasonOf(promise);
  if (!(reason instanceof Error)) assert.fail(`expected an Error, got ${inspect(reason)}`);
  return reason;
}

/** Asserts that the promise rejects with an error of the executor's own. */
export async function assertCode(promise: Promise<unknown>, code: ExecutorError['code']): Promise<void> {
  const error: Error & { code?: unknown } = await errorOf(promise);
  assert.equal(error.code, code, error.stack);
}

/** Resolves once the Future is in this state. Fails if it is settled in another one. */
export async function untilState(future: Future<unknown>, state: FutureState): Promise<void> {
  while (future.state !== state) {
    assert.ok(future.state === 'queued' || future.state === 'running', `expected ${state}, is already ${future.state}`);
    // Not ref'd: in a case that hangs, this must not hold the process once the cap has ended the case.
    await new Promise((resolve) => setTimeout(resolve, 1).unref());
  }
}
