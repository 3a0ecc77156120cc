// Checked by `tsc -p tsconfig.tests.json`, not run: a library over anypool, which knows as little of its tasks as anypool itself.
import {
  type AnyTask,
  type Executor,
  type Future,
  inlineTask,
  type MapOptions,
  measureOffload,
  measureOffloadIn,
  type OffloadReport,
  partial,
  run,
  runInExecutor,
  type SingleResultTask,
  type StreamItem,
  type StreamSource,
  type Submitter,
  type Task,
  type TaskArgs,
  type TaskResult,
  type TaskStream,
  tasksFrom,
} from '@anypool/core';
import { equal } from './equal.js';

interface Work {
  one(bytes: Uint8Array): Promise<number>;
  rows(file: string): AsyncGenerator<string>;
}

declare const executor: Executor;
const work = tasksFrom<Work>(new URL('file:///work.js'));

export async function retried<T extends AnyTask>(
  on: Submitter,
  task: T,
  ...args: TaskArgs<T>
): Promise<TaskResult<T> | undefined> {
  const first: Future<TaskResult<T>> = on.submit(task, ...args);
  await first.catch(() => undefined);
  return on.submit(task, ...args);
}

export function elsewhere<T extends AnyTask>(task: T, ...args: TaskArgs<T>): readonly Future<TaskResult<T>>[] {
  return [run(task, ...args), runInExecutor(null, task, ...args), runInExecutor(executor, task, ...args)];
}

export function measured<T extends AnyTask>(task: T, ...args: TaskArgs<T>): readonly Promise<OffloadReport>[] {
  return [measureOffload(task, ...args), measureOffloadIn(executor, task, ...args)];
}

export function mapped<T extends Task<[any], any>>(
  task: T,
  items: Iterable<TaskArgs<T>[0]>,
  options: MapOptions,
): AsyncIterableIterator<TaskResult<T>> {
  return executor.map(task, items, options);
}

export function streamed<T extends Task<any, StreamSource<any>>>(
  task: T,
  ...args: TaskArgs<T>
): TaskStream<StreamItem<T>> {
  return executor.stream(task, ...args);
}

/** One that keeps stream tasks out, as submit() does. */
export function logged<T extends AnyTask>(task: SingleResultTask<T>, ...args: TaskArgs<T>): Future<TaskResult<T>> {
  return executor.submit<T>(task, ...args);
}

export function boundToOne<A, Rest extends unknown[], R>(task: Task<[A, ...Rest], R>, first: A): Task<Rest, R> {
  return partial(task, first);
}

export function boundTo<L extends unknown[], Rest extends unknown[], R>(
  task: Task<[...L, ...Rest], R>,
  ...leading: L
): Task<Rest, R> {
  return partial(task, ...leading);
}

export function inline<A extends unknown[], R>(fn: (...args: A) => R): Task<A, Awaited<R>> {
  return inlineTask(fn);
}

/** An executor around another, as a program might write it. */
export class Counting implements Pick<Executor, 'submit'> {
  count = 0;
  submit<T extends AnyTask>(task: T, ...args: TaskArgs<T>): Future<TaskResult<T>> {
    this.count += 1;
    return executor.submit(task, ...args);
  }
}

export async function whatCompiles(bytes: Uint8Array): Promise<void> {
  equal<number | undefined>()(await retried(executor, work.one, bytes));
  equal<number>()(await logged(work.one, bytes));
  equal<number>()(await new Counting().submit(work.one, bytes));
  for await (const size of mapped(work.one, [bytes], {})) equal<number>()(size);
}

export function whatDoesNot(bytes: Uint8Array): void {
  // @ts-expect-error a stream task where one result is meant
  logged(work.rows, 'a');
  // @ts-expect-error a wrong argument
  logged(work.one, 'a');
  // @ts-expect-error a misspelt task
  logged(work.two, bytes);
  // @ts-expect-error one item where items are meant
  mapped(work.one, bytes, {});
}
