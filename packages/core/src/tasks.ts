import { isBuiltin } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import { Script } from 'node:vm';
import { isUrl } from './engine/validate.js';

/**
 * A typed reference to a function: the module that exports it and the export's name. It holds no code.
 *
 * Refs come from {@link tasksFrom}, {@link inlineTask} and {@link partial}.
 */
export interface Task<Args extends readonly unknown[], Result> {
  /** The module's URL (`file:`, `data:` or `node:`). */
  readonly module: string;
  /** The export's name. */
  readonly name: string;
  /** Never set: it only carries the signature for the type checker. */
  readonly '~call'?: ((...args: Args) => Result) | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: the top type of tasks; `unknown` arguments would exclude every real task.
export type AnyTask = Task<any, any>;

/** The arguments of a task. */
// biome-ignore lint/suspicious/noExplicitAny: a position that is matched, never read.
export type TaskArgs<T extends AnyTask> = [T] extends [Task<infer A, any>] ? A : never;

/** What a Future of the task resolves to. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type TaskResult<T extends AnyTask> = [T] extends [Task<any, infer R>] ? R : never;

/** What makes a task a stream: async and sync generators and their like, not arrays. */
export type StreamSource<Item> = AsyncIterable<Item> | IterableIterator<Item>;

// biome-ignore lint/suspicious/noExplicitAny: the top type of functions, for matching only.
type AnyFunction = (...args: any) => any;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** A whole parameter or result that no worker could ever receive. The check is shallow: deep ones refuse good code. */
type Uncloneable<T> =
  IsAny<T> extends true
    ? false
    : [T] extends [never]
      ? false
      : [T] extends [AnyFunction | symbol | Promise<AnyFunction | symbol>]
        ? true
        : false;

// Mapped, so that a tuple's elements are looked at one by one, and a rest parameter by its element.
type HasUncloneable<Args extends readonly unknown[]> = true extends {
  [I in keyof Args]: Uncloneable<Args[I]>;
}[number]
  ? true
  : false;

/** A Buffer arrives as the Uint8Array that it is. */
type Arrived<R> = IsAny<R> extends true ? R : R extends Buffer ? Uint8Array : R;

type TaskOf<F extends AnyFunction> = F extends (...args: infer A) => infer R
  ? HasUncloneable<A> extends true
    ? { readonly '~error': 'A parameter of this function cannot be sent to a worker.' }
    : Uncloneable<Awaited<R>> extends true
      ? { readonly '~error': 'The result of this function cannot be sent back from a worker.' }
      : Task<A, Arrived<Awaited<R>>>
  : never;

type NeedsThis<F extends AnyFunction> = unknown extends ThisParameterType<F> ? false : true;

/**
 * The tasks of a module: its function exports, by name. Classes, values and functions that need a `this` are left out.
 *
 * Generic functions collapse to their constraints, and of overloads only the last counts; write the signature you mean instead:
 * `tasksFrom<{ parse(text: string): object }>(url)`.
 */
export type TaskModule<M extends object> = {
  readonly [K in keyof M as K extends string
    ? M[K] extends AnyFunction
      ? NeedsThis<M[K]> extends true
        ? never
        : K
      : never
    : never]: M[K] extends AnyFunction ? TaskOf<M[K]> : never;
};

// biome-ignore lint/suspicious/noExplicitAny: the top type of stream sources, for matching only.
type AnyStream = StreamSource<any>;

/** Whether a task gives items and not one result. */
export type IsStreamTask<T extends AnyTask> =
  IsAny<TaskResult<T>> extends true
    ? false
    : [TaskResult<T>] extends [never]
      ? false
      : [TaskResult<T>] extends [AnyStream]
        ? true
        : false;

/**
 * What `submit()` and its like take: any task but a stream's, which does not compile. Generic code is generic over the task:
 *
 * @example
 * ```ts
 * import type { AnyTask, Executor, Future, TaskArgs, TaskResult } from 'anypool';
 *
 * function logged<T extends AnyTask>(executor: Executor, task: T, ...args: TaskArgs<T>): Future<TaskResult<T>> {
 *   console.log(task.name);
 *   return executor.submit(task, ...args);
 * }
 * ```
 */
export type SingleResultTask<T extends AnyTask> =
  // Not `never`: to this, a `T extends AnyTask` that nobody knows yet can be assigned, and a stream task cannot.
  // biome-ignore lint/suspicious/noExplicitAny: only the result says what is wrong.
  IsStreamTask<T> extends true ? Task<any, 'This task gives items: use stream().'> : T;

/** What a stream task's items are. */
export type StreamItem<T extends AnyTask> =
  // biome-ignore lint/suspicious/noExplicitAny: a position that is matched, never read.
  [T] extends [Task<any, StreamSource<infer Item>>] ? Arrived<Item> : never;

// As other properties of a task: a copy of it that has gone to a worker, say, is the same task.
const boundKey = '~bound';

interface BoundTask extends AnyTask {
  readonly [boundKey]?: readonly unknown[];
}

class TaskRef<Args extends readonly unknown[], Result> implements Task<Args, Result> {
  /** What no Proxy and nothing of anybody else's has. */
  readonly #isOurs = true;
  readonly module: string;
  readonly name: string;
  declare readonly '~call'?: ((...args: Args) => Result) | undefined;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  static is(value: object): boolean {
    return #isOurs in value && value.#isOurs;
  }
}

/**
 * Typed references to the function exports of a module. The module itself is not imported here, only in the workers.
 *
 * `module` is a URL, an absolute path or a Node built-in; a relative path means nothing without its file, so write
 * `new URL('./work.js', import.meta.url)`. Throws a TypeError for anything else.
 *
 * @example
 * ```ts
 * import { run, tasksFrom } from 'anypool';
 *
 * const images = tasksFrom<typeof import('./images.js')>(new URL('./images.js', import.meta.url));
 * const small = await run(images.resize, picture, 100);
 * ```
 */
export function tasksFrom<M extends object = never>(module: URL | string): TaskModule<M> {
  const url = moduleUrl(module);
  const refs = new Map<string, AnyTask>();
  const proxy: unknown = new Proxy(Object.freeze({}), {
    get(_target, name) {
      // `then` must not be there: awaiting the object, or returning it from an async function, would call it.
      if (typeof name !== 'string' || name === 'then') return undefined;
      let ref = refs.get(name);
      if (ref === undefined) {
        ref = new TaskRef(url, name);
        refs.set(name, ref);
      }
      return ref;
    },
  });
  return proxy as TaskModule<M>;
}

function moduleUrl(module: URL | string): string {
  // A page's address is what tools that imitate a browser make of `import.meta.url`: no worker could load it.
  if (isUrl(module) && !/^https?:$/.test(module.protocol)) return module.href;
  if (typeof module === 'string') {
    if (/^(?:file|data|node):/.test(module)) return module;
    if (isBuiltin(module)) return `node:${module}`;
    if (isAbsolute(module)) return pathToFileURL(module).href;
  }
  throw new TypeError(
    `tasksFrom: ${describe(module)} is no module that a worker could find. ` +
      "Pass a URL such as new URL('./work.js', import.meta.url), an absolute path, a package's import.meta.resolve('name'), or a Node built-in.",
  );
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

type LacksBuffer<R> = Extract<R, Buffer> extends never ? true : false;

/** Excludes the functions whose task has exactly their types, and in generic code all of them: what the compiler leaves open there is no `Task`. */
type Corrected<A extends readonly unknown[], R> =
  HasUncloneable<A> extends true
    ? unknown
    : Uncloneable<R> extends true
      ? unknown
      : LacksBuffer<R> extends true
        ? never
        : unknown;

/**
 * Makes a task of a self-contained function by sending its source text: it can use its parameters, globals and dynamic
 * `import()` of built-ins, and nothing else around it. Everything larger belongs in a module, see {@link tasksFrom}.
 *
 * Throws a TypeError for a native or bound function, which has no source, and for a class.
 *
 * @example
 * ```ts
 * const add = inlineTask((a: number, b: number) => a + b);
 * await executor.submit(add, 1, 2); // 3
 * ```
 */
export function inlineTask<A extends unknown[], R>(
  fn: ((...args: A) => R) & Corrected<A, Awaited<R>>,
): TaskOf<(...args: A) => R>;
export function inlineTask<A extends unknown[], R>(fn: (...args: A) => R): Task<A, Awaited<R>>;
export function inlineTask(fn: AnyFunction): AnyTask {
  if (typeof fn !== 'function') throw new TypeError(`inlineTask: expected a function, got ${typeof fn}.`);
  const name = isBindingName(fn.name) ? fn.name : 'task';
  return new TaskRef(
    `data:text/javascript,${encodeURIComponent(`export const ${name} = ${functionSource(fn, name)};`)}`,
    name,
  );
}

// A function's own name serves its error messages and stacks, unless it is none that a variable could have, such as 'default' or 'a-b'.
function isBindingName(name: string): boolean {
  // A module that exports `then` is a thenable, which its own import would call; `await` is no name in a module.
  if (!/^[\w$]+$/.test(name) || name === 'then' || name === 'await') return false;
  return isScript(`'use strict'; const ${name} = 0;`);
}

// Not by `new Function()`, which a process may have forbidden (--disallow-code-generation-from-strings).
function isScript(text: string): boolean {
  try {
    new Script(text);
    return true;
  } catch {
    return false;
  }
}

function functionSource(fn: { toString(): string }, name: string): string {
  const text = Function.prototype.toString.call(fn);
  if (/^class\b/.test(text)) throw new TypeError(`inlineTask: ${name} is a class; a task is a function.`);
  // A method's text (`add(a, b) { ... }`) is no expression by itself, but it is one inside an object literal.
  const source = [`(${text})`, `Object.values({ ${text} })[0]`].find(isScript);
  if (source !== undefined) return source;
  throw new TypeError(
    `inlineTask: ${name} has no source text of its own (a native or bound function); wrap it in an arrow function.`,
  );
}

/** Excludes the numbers of arguments that `partial()` lists. In generic code, where the number is open, that of the copy is simply a number. */
type Unlisted<L extends readonly unknown[]> = [...L]['length'] extends 1 | 2 | 3 | 4 ? never : unknown;

/** Excludes all tasks but those of which nothing is known. */
type OfAnyArguments<T extends AnyTask> = IsAny<TaskArgs<T>> extends true ? unknown : never;

/**
 * Binds leading arguments of a task, as `functools.partial` does, and keeps the types of the rest.
 *
 * @example
 * ```ts
 * const thumbnail = partial(images.resize, picture);
 * await executor.submit(thumbnail, 100);
 * ```
 */
// Listed one by one, and inferred from the task alone: else a misspelt option among them would be part of their type, and no error.
export function partial<L extends readonly unknown[], Rest extends readonly unknown[], R>(
  task: Task<[...L, ...Rest], R> & Unlisted<L>,
  ...leading: L
): Task<Rest, R>;
export function partial<T extends AnyTask>(
  task: T & OfAnyArguments<T>,
  ...leading: readonly unknown[]
  // biome-ignore lint/suspicious/noExplicitAny: as of the task itself.
): Task<any, TaskResult<T>>;
export function partial<Rest extends readonly unknown[], R, A = never>(
  task: Task<[A, ...Rest], R>,
  ...leading: [NoInfer<A>]
): Task<Rest, R>;
export function partial<Rest extends readonly unknown[], R, A = never, B = never>(
  task: Task<[A, B, ...Rest], R>,
  ...leading: [NoInfer<A>, NoInfer<B>]
): Task<Rest, R>;
export function partial<Rest extends readonly unknown[], R, A = never, B = never, C = never>(
  task: Task<[A, B, C, ...Rest], R>,
  ...leading: [NoInfer<A>, NoInfer<B>, NoInfer<C>]
): Task<Rest, R>;
export function partial<Rest extends readonly unknown[], R, A = never, B = never, C = never, D = never>(
  task: Task<[A, B, C, D, ...Rest], R>,
  ...leading: [NoInfer<A>, NoInfer<B>, NoInfer<C>, NoInfer<D>]
): Task<Rest, R>;
export function partial(task: AnyTask, ...leading: readonly unknown[]): AnyTask {
  return withBound(new TaskRef(task.module, task.name), [...boundArguments(task), ...leading]);
}

function withBound<T extends AnyTask>(task: T, args: readonly unknown[]): T {
  if (args.length > 0) Object.defineProperty(task, boundKey, { value: Object.freeze(args), enumerable: true });
  return task;
}

/** A task's module as messages show it: the source text of an inline task says less than that it is one. */
export function shownModule(module: string): string {
  return module.startsWith('data:') ? 'data:…' : module;
}

/**
 * A task that is the same whenever it is read: the task itself, or what somebody's own getters say of it now. Throws what they throw. What is
 * no task is given back as it is.
 */
export function fixedTask(task: AnyTask): AnyTask {
  if (typeof task !== 'object' || task === null || TaskRef.is(task) || isPlain(task)) return task;
  const { module, name } = task;
  return withBound(new TaskRef(module, name), [...boundArguments(task)]);
}

function isPlain(task: object): boolean {
  if (types.isProxy(task)) return false;
  return ['module', 'name', boundKey].every((key) => {
    const descriptor = Object.getOwnPropertyDescriptor(task, key);
    return descriptor === undefined ? key === boundKey && !(key in task) : 'value' in descriptor;
  });
}

const none: readonly unknown[] = Object.freeze([]);

/** The arguments that {@link partial} bound to the task, if any. */
export function boundArguments(task: AnyTask): readonly unknown[] {
  const { [boundKey]: bound = none }: BoundTask = task;
  return bound;
}
