// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import {
  type AnyTask,
  asCompleted,
  type Executor,
  type Future,
  inlineTask,
  partial,
  run,
  runInExecutor,
  setDefaultExecutor,
  type Task,
  tasksFrom,
  wait,
} from '@anypool/core';
import { taskContext } from '@anypool/core/task';
import { equal } from './equal.js';

class Parser {
  depth = 1;
  parse(this: Parser): number {
    return this.depth;
  }
}

interface Work {
  parse(text: string): object;
  add(a: number, b?: number): Promise<number>;
  options(options: { level: number; speed?: number }): string;
  configured(size: number, options: { level: number; speed?: number }, name: string): string;
  sum(...numbers: number[]): number;
  six(a: 'a', b: 'b', c: 'c', d: 'd', e: 'e', f: 'f', last: number): void;
  bytes(data: Buffer): Buffer;
  anything(value: any): any;
  nothing(): void;
  never(): never;
  items(count: number): AsyncGenerator<string>;
  steps(count: number): Generator<number>;
  list(): string[];
  callback(done: () => void): void;
  factory(): () => void;
  identity(key: symbol): string;
  Parser: typeof Parser;
  needsThis(this: Parser): void;
  version: number;
}

declare const executor: Executor;
declare const anyTask: AnyTask;
const work = tasksFrom<Work>(new URL('file:///work.js'));

export function whatCompiles(): void {
  equal<Future<object>>()(executor.submit(work.parse, '{}'));
  equal<Future<number>>()(executor.submit(work.add, 1));
  equal<Future<number>>()(executor.submit(work.add, 1, 2));
  equal<Future<string>>()(executor.submit(work.options, { level: 1 }));
  equal<Future<number>>()(executor.submit(work.sum, 1, 2, 3));
  equal<Future<string[]>>()(executor.submit(work.list));
  equal<Future<void>>()(executor.submit(work.nothing));
  equal<Future<never>>()(executor.submit(work.never));
  equal<Future<any>>()(executor.submit(work.anything, () => {}));
  // A Buffer arrives as the Uint8Array that it is.
  equal<Future<Uint8Array>>()(executor.submit(work.bytes, Buffer.from('x')));
  equal<Future<number>>()(run(work.add, 1));
  equal<Future<number>>()(runInExecutor(null, work.add, 1, 2));
  equal<Future<number>>()(runInExecutor(executor, work.add, 1, 2));
  equal<Future<number>>()(executor.with({ priority: 1, signal: undefined }).submit(work.add, 1));
  equal<Future<number>>()(executor.bind(work).add(1));
  equal<AsyncIterableIterator<object>>()(executor.map(work.parse, ['{}']));
  equal<AsyncIterableIterator<object>>()(executor.map(work.parse, (async function* () {})()));
  equal<AsyncIterableIterator<object>>()(executor.map(work.parse, ['{}'], { chunkSize: 64, buffer: 200 }));
  equal<AsyncIterableIterator<object>>()(executor.map(work.parse, ['{}'], { chunkSize: 'auto', ordered: false }));
  equal<AsyncIterableIterator<object>>()(
    executor.with({ timeout: 1 }).map(work.parse, ['{}'], { chunkSize: undefined }),
  );
  equal<Future<number>>()(
    executor.submit(
      inlineTask((a: number, b: string) => a + b.length),
      1,
      'b',
    ),
  );
  equal<Future<Uint8Array>>()(executor.submit(inlineTask(() => Buffer.from('x'))));
  equal<Future<Uint8Array | undefined>>()(
    executor.submit(
      inlineTask(async (size: number) => (size > 0 ? Buffer.alloc(size) : undefined)),
      1,
    ),
  );
  equal<Task<[value: any], any>>()(inlineTask((value: any) => value));
  equal<Task<[], never>>()(inlineTask(() => work.never as never));
  equal<Future<number>>()(executor.submit(partial(work.add, 1), 2));
  equal<Future<number>>()(executor.submit(partial(work.add, 1)));
  equal<Task<[name: string], string>>()(partial(work.configured, 1, { level: 1 }));
  equal<Task<[], string>>()(partial(work.configured, 1, { level: 1, speed: 2 }, 'name'));
  equal<Task<[last: number], void>>()(partial(work.six, 'a', 'b', 'c', 'd', 'e', 'f'));
  equal<Future<number>>()(executor.submit(partial(work.sum, 1, 2), 3));
  equal<Future<number>>()(executor.submit(partial(work.sum, ...[1, 2])));
  equal<Future<number>>()(executor.submit(partial(work.add), 1));
  executor.submit(partial(anyTask, 1, {}), 'anything');
  equal<Executor | undefined>()(setDefaultExecutor(executor));
  equal<Promise<number>>()(executor.submit(work.add, 1).then((sum) => sum));
  equal<AbortSignal>()(taskContext().signal);
}

export async function whatFuturesGive(futures: Future<number>[]): Promise<void> {
  const { done, notDone } = await wait(futures, { returnWhen: 'FIRST_EXCEPTION', timeout: 10 });
  equal<Set<Future<number>>>()(done);
  equal<Set<Future<number>>>()(notDone);
  for await (const future of asCompleted(futures)) equal<Future<number>>()(future);
}

export function whatDoesNot(): void {
  // @ts-expect-error a wrong argument
  executor.submit(work.parse, 1);
  // @ts-expect-error a missing argument
  executor.submit(work.parse);
  // @ts-expect-error one argument too many
  executor.submit(work.parse, '{}', 2);
  // @ts-expect-error a misspelt task
  executor.submit(work.prase, '{}');
  // @ts-expect-error a misspelt property in an options argument
  executor.submit(work.options, { level: 1, sped: 2 });
  // @ts-expect-error the same, through run()
  run(work.options, { level: 1, sped: 2 });
  // @ts-expect-error the same, through runInExecutor()
  runInExecutor(executor, work.options, { level: 1, sped: 2 });
  // @ts-expect-error a stream task where one result is meant
  executor.submit(work.items, 1);
  // @ts-expect-error the same, of a synchronous generator
  executor.submit(work.steps, 1);
  // @ts-expect-error the same, through run()
  run(work.items, 1);
  // @ts-expect-error the same, through map()
  executor.map(work.items, [1]);
  // @ts-expect-error the same, through bind()
  executor.bind(work).items;
  // @ts-expect-error a parameter that is a function
  executor.submit(work.callback, () => {});
  // @ts-expect-error a result that is a function
  executor.submit(work.factory);
  // @ts-expect-error a parameter that is a symbol
  executor.submit(work.identity, Symbol('key'));
  // @ts-expect-error the same of an inline task: a parameter that is a function
  const _callback: AnyTask = inlineTask((done: () => void) => done());
  // @ts-expect-error a result that is a function
  executor.submit(inlineTask(() => () => 1));
  // @ts-expect-error a promise of one
  executor.submit(inlineTask(async () => Symbol('key')));
  // @ts-expect-error a class is no task
  work.Parser;
  // @ts-expect-error neither is a function that needs a `this`
  work.needsThis;
  // @ts-expect-error nor a value
  work.version;
  // @ts-expect-error items of the wrong type
  executor.map(work.parse, [1]);
  // @ts-expect-error a misspelt option of map()
  executor.map(work.parse, ['{}'], { odered: false });
  // @ts-expect-error no such way to choose the size of chunks
  executor.map(work.parse, ['{}'], { chunkSize: 'many' });
  // @ts-expect-error a size that is no number
  executor.map(work.parse, ['{}'], { chunkSize: '64' });
  // @ts-expect-error a misspelt option of with()
  executor.with({ prioritty: 1 });
  // @ts-expect-error a wrong rest argument of a partial task
  executor.submit(partial(work.add, 1), 'b');
  // @ts-expect-error a wrong leading argument
  partial(work.add, 'a');
  // @ts-expect-error one argument too many
  partial(work.add, 1, 2, 3);
  // @ts-expect-error a misspelt property in a bound argument
  partial(work.options, { level: 1, sped: 2 });
  // @ts-expect-error the same, of a later argument
  partial(work.configured, 1, { level: 1, sped: 2 });
  // @ts-expect-error a wrong argument of a bound task
  executor.bind(work).add('a');
  // @ts-expect-error without the module's type there are no tasks
  tasksFrom('node:zlib').gzipSync;
  // @ts-expect-error a plain function is no task
  executor.submit(Math.max, 1);
  // @ts-expect-error an executor is given by itself, or null
  runInExecutor(undefined, work.add, 1);
  // @ts-expect-error no such time to return
  void wait([], { returnWhen: 'FIRST' });
  // @ts-expect-error tasks of different signatures are different types
  const _task: Task<[string], object> = work.add;
}
