// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import { MessageChannel } from 'node:worker_threads';
import { type Executor, move, partial, type StreamItem, type TaskStream, tasksFrom } from '@anypool/core';
import { move as moveInTask } from '@anypool/core/task';
import { equal } from './equal.js';

interface Row {
  readonly id: number;
}

interface Work {
  rows(file: string, from?: number): AsyncGenerator<Row>;
  steps(count: number): Generator<number, string, unknown>;
  iterator(): IterableIterator<string>;
  source(): AsyncIterable<bigint>;
  later(file: string): Promise<AsyncGenerator<Row>>;
  chunks(): AsyncGenerator<Buffer>;
  either(): AsyncGenerator<string | undefined>;
  list(): number[];
  text(): string;
  one(bytes: Uint8Array): Promise<number>;
  pixels(): Uint8Array;
}

declare const executor: Executor;
const work = tasksFrom<Work>(new URL('file:///work.js'));

export async function whatCompiles(): Promise<void> {
  equal<TaskStream<Row>>()(executor.stream(work.rows, 'a'));
  equal<TaskStream<Row>>()(executor.stream(work.rows, 'a', 1));
  equal<TaskStream<number>>()(executor.stream(work.steps, 3));
  equal<TaskStream<string>>()(executor.stream(work.iterator));
  equal<TaskStream<bigint>>()(executor.stream(work.source));
  equal<TaskStream<Row>>()(executor.stream(work.later, 'a'));
  equal<TaskStream<string | undefined>>()(executor.stream(work.either));
  // A Buffer arrives as the Uint8Array that it is.
  equal<TaskStream<Uint8Array>>()(executor.stream(work.chunks));
  equal<TaskStream<Row>>()(executor.stream(partial(work.rows, 'a'), 1));
  equal<TaskStream<Row>>()(executor.with({ highWaterMark: 1 }).stream(work.rows, 'a'));
  executor.with({ highWaterMark: undefined });
  equal<Row>()({ id: 1 } as StreamItem<typeof work.rows>);
  for await (const row of executor.stream(work.rows, 'a')) equal<Row>()(row);
  await using rows = executor.stream(work.rows, 'a');
  const step = await rows.next();
  if (!step.done) equal<Row>()(step.value);
  else equal<undefined>()(step.value);
  equal<AsyncIterableIterator<Row>>()(rows[Symbol.asyncIterator]() as AsyncIterableIterator<Row>);
}

export function whatMovesCompiles(bytes: Uint8Array): void {
  equal<Uint8Array>()(move(bytes));
  equal<Uint8Array>()(moveInTask(bytes, []));
  equal<number>()(move(5));
  void executor.submit(work.one, move(bytes));
  void executor.submit(work.one, move(bytes, [new ArrayBuffer(8), new MessageChannel().port1]));
  executor.map(work.one, [move(bytes)]);
}

export function whatDoesNot(bytes: Uint8Array): void {
  // @ts-expect-error a task with one result
  executor.stream(work.one, bytes);
  // @ts-expect-error a list is one result
  executor.stream(work.list);
  // @ts-expect-error so is a text
  executor.stream(work.text);
  // @ts-expect-error a wrong argument
  executor.stream(work.rows, 1);
  // @ts-expect-error a missing argument
  executor.stream(work.rows);
  // @ts-expect-error a stream task where one result is meant
  executor.submit(work.later, 'a');
  // @ts-expect-error an option of views only
  executor.stream(work.steps, 3, { highWaterMark: 1 });
  // @ts-expect-error a number
  executor.with({ highWaterMark: '16' });
  // @ts-expect-error what cannot be transferred
  move(bytes, ['bytes']);
  // @ts-expect-error a moved value is of the value's own type
  executor.submit(work.one, move('text'));
}
