import { createExecutor } from '@anypool/tinypool';
import {
  inlineExecutor,
  inlineTask,
  measureOffload,
  measureOffloadIn,
  move,
  partial,
  shutdownDefaultExecutor,
  tasksFrom,
} from 'anypool';
import { afterAll, expect, test } from 'vitest';

// What a crowded machine does to one measurement, it does not do to six in a row.
const measured = { retry: 5 };

afterAll(() => shutdownDefaultExecutor());

const spin = inlineTask(function spin(ms: number) {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return ms;
});
const nothing = inlineTask(function nothing() {});
const zeros = inlineTask(function zeros(bytes: number) {
  return new Uint8Array(bytes);
});
const wait = inlineTask(async function wait(ms: number) {
  await new Promise((resolve) => setTimeout(resolve, ms));
});
const sortInPlace = inlineTask(function sortInPlace(numbers: number[]) {
  if (numbers[0] !== 3) throw new Error('These numbers have been sorted before.');
  return numbers.sort((a, b) => a - b);
});
const fail = inlineTask(function fail() {
  throw new RangeError('no');
});

test('a call that computes for 5 ms is worth a worker', measured, async () => {
  const report = await measureOffload(spin, 5);
  expect(report.worthIt, report.summary).toBe(true);
  expect(report.inline).toBeGreaterThanOrEqual(5);
  expect(report.offloaded).toBeGreaterThanOrEqual(5);
  expect(report.blocked).toBeLessThan(report.busy);
  expect(report.dispatch).toBeLessThan(report.offloaded);
  // On a crowded machine, it may have waited for the CPU for most of the time, and says so.
  expect(report.summary).toMatch(
    /^'spin' takes \S+ ms here(, \S+ ms of it work)?; in a worker \S+ ms, \S+ ms of it dispatch: worth a worker\.$/,
  );
});

test('a call that is shorter than the steps of the clock of the CPU is known to compute', measured, async () => {
  const report = await measureOffload(spin, 0.5);
  expect(report.busy).toBeGreaterThan(report.inline / 2);
  expect(report.busy).toBeLessThanOrEqual(report.inline);
});

test('a call that does nothing is not', measured, async () => {
  const report = await measureOffload(nothing);
  expect(report.worthIt, report.summary).toBe(false);
  expect(report.inline).toBeLessThan(report.dispatch);
  expect(report.summary).toMatch(/^'nothing' takes .* here; in a worker .* of it dispatch: not worth a worker\.$/);
});

test('a call that gives 32 MB is not: copying them is most of it', measured, async () => {
  await using executor = createExecutor({ maxWorkers: 1 });
  const report = await measureOffloadIn(executor, zeros, 32e6);
  expect(report.worthIt, report.summary).toBe(false);
  expect(report.cloning).toBeGreaterThan(report.dispatch);
  expect(report.bytes).toBeGreaterThanOrEqual(32e6);
  expect(report.summary).toMatch(/ of it dispatch and \S+ ms copying 32\.0 MB: not worth a worker\.$/);
});

test('what is moved is no copying, and between processes it is', measured, async () => {
  const size = inlineTask(function size(memory: ArrayBuffer) {
    return memory.byteLength;
  });
  for (const [kind, copied] of [
    ['thread', false],
    ['process', true],
  ] as const) {
    await using executor = createExecutor({ kind, maxWorkers: 1 });
    for (const submitter of [executor, executor.with({ priority: 1 })]) {
      const report = await measureOffloadIn(submitter, size, move(new ArrayBuffer(4e6)));
      expect([kind, report.bytes >= 4e6], report.summary).toEqual([kind, copied]);
    }
  }
});

test('a call that only waits is not', measured, async () => {
  const report = await measureOffload(wait, 20);
  expect(report.worthIt, report.summary).toBe(false);
  expect(report.busy).toBeLessThan(report.inline / 2);
  expect(report.summary).toMatch(/^'wait' takes \S+ ms here, .* of it work; /);
});

test('an inline executor takes nothing off this thread', measured, async () => {
  const report = await measureOffloadIn(inlineExecutor(), spin, 5);
  expect(report.worthIt, report.summary).toBe(false);
});

test('each run has arguments of its own, and bound ones count', async () => {
  const numbers = [3, 2, 1];
  await measureOffload(sortInPlace, numbers);
  await measureOffload(partial(sortInPlace, numbers));
  expect(numbers).toEqual([3, 2, 1]);
});

test('shared memory is no copying', async () => {
  const first = inlineTask((shared: SharedArrayBuffer) => new Uint8Array(shared)[0]);
  const report = await measureOffload(first, new SharedArrayBuffer(10_000_000));
  expect(report.bytes).toBeLessThan(1000);
});

test('it rejects with what the task throws, with what cannot be found, and with what is no task', async () => {
  await expect(measureOffload(fail)).rejects.toEqual(new RangeError('no'));
  const missing = tasksFrom<{ missing(): void }>('node:path').missing;
  await expect(measureOffload(missing)).rejects.toMatchObject({ code: 'ERR_TASK_NOT_FOUND' });
  await expect(Reflect.apply(measureOffload, undefined, [undefined])).rejects.toThrow(TypeError);
  const echo = inlineTask((value: unknown) => typeof value);
  await expect(measureOffload(echo, { done: () => {} })).rejects.toMatchObject({ path: 'args[0].done' });
  const executor = inlineExecutor();
  await executor.shutdown();
  await expect(measureOffloadIn(executor, nothing)).rejects.toMatchObject({ code: 'ERR_EXECUTOR_SHUTDOWN' });
});

test('a call that does not end is ended by the limits of the view, before it runs here', async () => {
  const hang = inlineTask(() => new Promise<void>(() => {}));
  await using executor = createExecutor({ maxWorkers: 1, cancelGrace: 0 });
  await expect(measureOffloadIn(executor.with({ timeout: 100 }), hang)).rejects.toMatchObject({
    code: 'ERR_TASK_TIMEOUT',
  });
  const aborted = executor.with({ signal: AbortSignal.abort('why') });
  await expect(measureOffloadIn(aborted, hang)).rejects.toBe('why');
});
