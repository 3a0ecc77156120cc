import assert from 'node:assert/strict';
import { WorkerCrashedError } from '@anypool/core';
import { reasonOf } from './rejection.js';

/** What a task rejects with whose worker died. */
export async function crashOf(future: Promise<unknown>): Promise<WorkerCrashedError> {
  const reason = await reasonOf(future);
  assert.ok(reason instanceof WorkerCrashedError, `expected a WorkerCrashedError, got ${String(reason)}`);
  return reason;
}
