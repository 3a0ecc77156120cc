import { taskContext } from '@anypool/core/task';

class QuotaError extends RangeError {}

export function exception() {
  return { inside: new DOMException('stopped', 'AbortError') };
}

export function fail() {
  throw new QuotaError('used up');
}

export function context() {
  const { executor, kind, workerId, taskId } = taskContext();
  return [executor, kind, workerId, taskId];
}

export function report(count) {
  for (let i = 0; i < count; i += 1) taskContext().report(i);
  return count;
}

export async function* count(to) {
  for (let i = 0; i < to; i += 1) yield i;
}

export function notThree(prefix, n) {
  if (n === 3) throw new Error('three');
  return prefix + n;
}

export async function untilCancelled() {
  const { report, signal } = bound();
  report('waiting');
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  report('done');
  return `cancelled: ${signal.reason}`;
}

export function spin() {
  taskContext().report('spinning');
  while (true);
}

export function exit() {
  process.exit(3);
}

function bound() {
  const context = taskContext();
  return { report: (value) => context.report(value), signal: context.signal };
}
