// A task module that is bundled to CommonJS.
import crypto = require('node:crypto');
import task = require('@anypool/core/task');

export function sha256(text: string): string {
  return crypto.createHash('sha256').update(text).digest('hex');
}

export function where(): Pick<task.TaskContext, 'kind'> {
  return { kind: task.taskContext().kind };
}
