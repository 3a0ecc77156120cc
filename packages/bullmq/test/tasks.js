// What the hosts of the tests run. Traces are lines in files, latches are files that appear.
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { taskContext } from '@anypool/core/task';

export function double(value) {
  return value * 2;
}

export function trace(file, line) {
  appendFileSync(file, `${line}\n`);
  return line;
}

/** Says that it is there, and ends when the latch is, or when it is cancelled. */
export async function waitFor(latch, file, line) {
  appendFileSync(file, `${line} began\n`);
  while (!existsSync(latch)) {
    if (taskContext().signal.aborted) {
      appendFileSync(file, `${line} cancelled\n`);
      return 'cancelled';
    }
    await sleep(5);
  }
  appendFileSync(file, `${line} ended\n`);
  return line;
}

/** Blocks its thread until the latch is there. */
export function blockUntil(latch, file) {
  appendFileSync(file, 'began\n');
  while (!existsSync(latch));
  return 'ended';
}

export function text(length) {
  return 'x'.repeat(length);
}

export async function report(count) {
  for (let i = 0; i < count; i += 1) taskContext().report(i);
  return count;
}

export async function reportText(length) {
  taskContext().report('x'.repeat(length));
  return length;
}

export async function* texts(count, length) {
  for (let i = 0; i < count; i += 1) yield 'x'.repeat(length);
}

export async function* items(count) {
  for (let i = 0; i < count; i += 1) yield i;
}

export function fail(message) {
  throw new RangeError(message, { cause: new TypeError('deep') });
}

export function crash(code) {
  process.exit(code);
}

export function environment() {
  return { ...Object.prototype, pid: process.pid };
}
