import type { Backend } from '../backend-types.js';
import type { BoundTasks, Executor, MapOptions, SubmitOptions, Submitter, TaskStream } from '../executor.js';
import type { Future } from '../future.js';
import type { AnyTask, StreamItem, TaskArgs, TaskResult } from '../tasks.js';
import type { Group } from './group.js';
import type { JobOptions } from './job.js';
import type { Limit } from './limit.js';
import { mapTasks } from './map.js';
import { checkSubmitOptions } from './settings.js';
import { streamTask } from './stream.js';

/** What a view submits to. */
export interface SubmitTarget {
  readonly backend: Backend;
  readonly maxWorkers: number;
  readonly state: Executor['state'];
  /** How many tasks with such options it takes at once, where it has no others. */
  capacityFor(options: JobOptions): number;
  submitJob(task: AnyTask, args: readonly unknown[], options: JobOptions): Future<unknown>;
}

/** A way to submit with certain options: immutable, and as cheap as an object with two fields. */
export class View implements Submitter {
  readonly #target: SubmitTarget;
  readonly #options: JobOptions;

  constructor(target: SubmitTarget, options: JobOptions) {
    this.#target = target;
    this.#options = options;
  }

  submit: Submitter['submit'] = <T extends AnyTask>(task: AnyTask, ...args: TaskArgs<T>): Future<TaskResult<T>> => {
    const future: Future<unknown> = this.#target.submitJob(task, args, this.#options);
    // The one place where the wire's `unknown` becomes what the task's type says.
    return future as Future<TaskResult<T>>;
  };

  map: Submitter['map'] = <T extends AnyTask>(
    task: AnyTask,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options: MapOptions = {},
  ): AsyncIterableIterator<TaskResult<T>> => {
    const results: AsyncIterableIterator<unknown> = mapTasks(this.#target, this.#options, task, items, options);
    return results as AsyncIterableIterator<TaskResult<T>>;
  };

  stream: Submitter['stream'] = <T extends AnyTask>(task: AnyTask, ...args: TaskArgs<T>): TaskStream<StreamItem<T>> => {
    const items: TaskStream<unknown> = streamTask(this.#target, this.#options, task, args);
    return items as TaskStream<StreamItem<T>>;
  };

  bind<TM extends object>(module: TM): BoundTasks<TM> {
    const submit = (task: AnyTask, args: readonly unknown[]) => this.#target.submitJob(task, args, this.#options);
    const bound: unknown = new Proxy(Object.freeze({}), {
      get(_target, name) {
        // Whoever prints the object, or awaits it, calls no task.
        if (name === Symbol.toPrimitive) return () => '[object BoundTasks]';
        if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined;
        const task: AnyTask = Reflect.get<object, string>(module, name);
        return (...args: unknown[]) => submit(task, args);
      },
    });
    return bound as BoundTasks<TM>;
  }

  with(options: SubmitOptions): Submitter {
    checkSubmitOptions(this.#target.backend, options);
    return new View(this.#target, merged(this.#options, options));
  }

  /** A view whose tasks are bounded by a limit. */
  under(limit: Limit): View {
    return new View(this.#target, { ...this.#options, limit });
  }

  /** A view whose tasks belong to a group, too. */
  within(group: Group): View {
    return new View(this.#target, { ...this.#options, groups: [...this.#options.groups, group] });
  }
}

/** The outer view's options with the inner one's: the inner one wins, signals combine. */
function merged(outer: JobOptions, inner: SubmitOptions): JobOptions {
  const { signal } = inner;
  return {
    ...outer,
    signals: signal === undefined || outer.signals.includes(signal) ? outer.signals : [...outer.signals, signal],
    timeout: inner.timeout ?? outer.timeout,
    runTimeout: inner.runTimeout ?? outer.runTimeout,
    priority: inner.priority ?? outer.priority,
    cancelGrace: inner.cancelGrace ?? outer.cancelGrace,
    highWaterMark: inner.highWaterMark ?? outer.highWaterMark,
  };
}
