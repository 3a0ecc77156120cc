import { getDefaultExecutor } from './default-executor.js';
import * as validate from './engine/validate.js';
import { NotCloneableError } from './errors.js';
import type { Submitter } from './executor.js';
import { type OffloadReport, reportOf, type Timing } from './offload-report.js';
import { type AnyTask, boundArguments, inlineTask, type SingleResultTask, type TaskArgs } from './tasks.js';
import { nextTurn, now } from './timers.js';
import { toBytes } from './values/bytes.js';
import { isMoved, move } from './values/moved.js';
import { prepareArguments } from './values/sendable.js';
import { findFunction, importModule } from './worker/load-module.js';

export type { OffloadReport } from './offload-report.js';

/** ms that each of the measurements takes, or as long as two runs do. */
const budget = 100;
const warmUp = budget / 4;
/** Quick calls are no better known by more of them. */
const enough = 2000;

// Made when they are needed: most who import this never measure.
const empty = () => inlineTask(() => {});
const take = () => inlineTask((_memory: ArrayBuffer) => {});

/**
 * Answers whether a call is worth a worker of the default executor: runs it here and there, over and over for some tenths of a second, and
 * compares. For a quiet machine and for development: it keeps this thread busy meanwhile, and an executor with other tasks says little.
 *
 * The task runs many times, here and in workers, each time with a copy of the arguments: one with effects has them as often. A task that
 * takes long runs twice here and twice there.
 *
 * Rejects with what the task throws, and with what the executor rejects with, before anything runs here.
 *
 * @example
 * ```ts
 * const { worthIt, summary } = await measureOffload(images.resize, picture, 100);
 * console.log(summary); // 'resize' takes 12.1 ms here; in a worker 12.5 ms, 0.05 ms of it dispatch and 0.3 ms copying 4.0 MB: worth a worker.
 * ```
 */
export async function measureOffload<T extends AnyTask>(
  task: SingleResultTask<T>,
  ...args: TaskArgs<T>
): Promise<OffloadReport> {
  return measure(getDefaultExecutor(), task, args);
}

/** As {@link measureOffload}, in the workers of an executor, or as one of its views submits. */
export async function measureOffloadIn<T extends AnyTask>(
  executor: Submitter,
  task: SingleResultTask<T>,
  ...args: TaskArgs<T>
): Promise<OffloadReport> {
  return measure(executor, task, args);
}

async function measure(executor: Submitter, task: AnyTask, args: readonly unknown[]): Promise<OffloadReport> {
  if (!validate.isTask(task))
    throw new TypeError(`measureOffload: task must be a task, see tasksFrom(); got ${validate.shown(task)}.`);
  const { module, name } = task;
  const all = [...boundArguments(task), ...args];
  refuseUncloneable(name, all);
  // First there, where time limits, signals and a shutdown end what does not end by itself: here, nothing does.
  const there = await timed((started) => {
    const own = args.map((arg) => (isMoved(arg) ? move(structuredClone(arg.value)) : structuredClone(arg)));
    started();
    return executor.submit<AnyTask>(task, ...own);
  });
  await importModule(module);
  const call = findFunction({ module, name });
  let result: unknown;
  const here = await timed(async (started) => {
    const own = structuredClone(all.map(unmoved));
    started();
    result = await call(...own);
  });
  const isMoving = await transfers(executor);
  const copied = [...all, result].filter((value) => !isMoving || !isMoved(value)).map(unmoved);
  const nothing = empty();
  const dispatch = await timed((started) => {
    started();
    return executor.submit(nothing);
  });
  const cloning = await timed(async (started) => {
    started();
    structuredClone(copied);
  });
  return reportOf(name, { here, there, dispatch, cloning, bytes: sizeOf(copied) });
}

/** Whether what is in `move()` is moved there, or copied as well: a view of an executor says nothing of its capabilities. */
async function transfers(executor: Submitter): Promise<boolean> {
  const memory = new ArrayBuffer(1);
  await executor.submit(take(), move(memory));
  return memory.byteLength === 0;
}

function unmoved(value: unknown): unknown {
  return isMoved(value) ? value.value : value;
}

// As the executor would, for the copies are made here before it is asked.
function refuseUncloneable(name: string, args: readonly unknown[]): void {
  const prepared = prepareArguments(args, { via: 'clone', sharedMemory: true, transfer: false });
  if (!('obstacle' in prepared)) return;
  const { path, what, cause } = prepared.obstacle;
  const message = `${path} of task '${name}' is ${what}, which cannot be sent to a worker. Pass plain data instead.`;
  throw new NotCloneableError(message, { path, side: 'argument', cause });
}

function sizeOf(value: unknown): number {
  try {
    return toBytes(value).byteLength;
  } catch {
    // Shared memory, which is not copied at all.
    return 0;
  }
}

/** What a call takes, over many, one after another. `once` says when it starts, and resolves at its end. */
async function timed(once: (started: () => void) => PromiseLike<unknown>): Promise<Timing> {
  const samples: Timing[] = [];
  const begin = now();
  for (let runs = 0; ; runs += 1) {
    // The event loop gets its turn, and has one: before its first, its utilization says nothing.
    await nextTurn();
    let start = 0;
    let before = busyTime();
    await once(() => {
      before = busyTime();
      start = now();
    });
    const elapsed = now() - start;
    const busy = busyTime() - before;
    const spent = now() - begin;
    if (runs > 0 && spent > warmUp) samples.push({ elapsed, busy });
    if (samples.length > 0 && (spent > budget || samples.length >= enough)) break;
  }
  const elapsed = median(samples.map((sample) => sample.elapsed));
  // Kernels count a thread's time in steps of some ms: of quick calls most took none and a few many, and only all of them together tell.
  const busy = samples.reduce((sum, sample) => sum + sample.busy, 0) / samples.length;
  return { elapsed, busy: Math.min(busy, elapsed) };
}

// By the CPU, where Node knows it (since 23.9), as a busy machine keeps the event loop from its idleness, too.
function busyTime(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.eventLoopUtilization().active;
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
