// A task module in JavaScript.
import { createHash } from 'node:crypto';
import { taskContext } from '@anypool/core/task';

/** @param {string} text */
export function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

export function where() {
  return { kind: taskContext().kind };
}
