import { availableParallelism } from 'node:os';
import type { ResourceLimits, Transferable } from 'node:worker_threads';
import {
  type AnyTask,
  type Executor,
  type ExecutorOptions,
  ExecutorShutdownError,
  type Future,
  type MapOptions,
  type SubmitOptions,
  type Submitter,
} from '@anypool/core';
import { boundArguments, unwrap } from './arguments.js';
import type { Call } from './call.js';
import { futureOf } from './future.js';
import { checkOffered, everybodys, notOffered } from './not-offered.js';

/** How one call is to be made. */
export interface CallOptions {
  readonly signal: AbortSignal;
  readonly transferList: Transferable[];
  readonly runTimeout: number | undefined;
}

/** What is written anew for each library. */
export interface Baseline {
  readonly name: string;
  readonly kinds: readonly ('thread' | 'process')[];
  /** The options that the library has something for, besides the number of workers. */
  readonly offers: readonly (keyof ExecutorOptions | keyof SubmitOptions)[];
  /** Whether a running task can be stopped. */
  readonly terminate: boolean;
  open(options: PoolOptions): Pool;
}

/** The options of an executor, with what they default to. */
export interface PoolOptions extends ExecutorOptions {
  readonly kind: 'thread' | 'process';
  readonly maxWorkers: number;
}

/** A library's pool. */
export interface Pool {
  run(call: Call, options: CallOptions): PromiseLike<unknown>;
  /** Resolves `settled()` once no task is outstanding, for a library that does not wait for them by itself. */
  shutdown(settled: () => Promise<unknown>, cancelPending: boolean): PromiseLike<unknown>;
  terminate(): PromiseLike<unknown>;
}

/** An executor over a library's pool, as far as the library carries it; what is missing throws a `NotOfferedError`. */
export function createBaseline(baseline: Baseline, options: ExecutorOptions): Executor {
  const { name, kinds, offers } = baseline;
  const { kind = 'thread', maxWorkers = availableParallelism() } = options;
  const ofKind = kind === 'thread' ? offers : offers.filter((option) => option !== 'resourceLimits');
  // A library that stops tasks does so at once, and one without a time of idleness keeps its workers.
  const cancelGrace = baseline.terminate ? 0 : Number.POSITIVE_INFINITY;
  checkOffered(options, [...everybodys, ...ofKind], { cancelGrace, idleTimeout: Number.POSITIVE_INFINITY });
  if (!kinds.includes(kind)) notOffered(`kind ${kind}`);
  const pool = baseline.open({ ...options, kind, maxWorkers });
  const outstanding = new Map<number, ReturnType<typeof futureOf>>();
  const settled = () => Promise.allSettled([...outstanding.values()].map(({ future }) => future));
  let state: Executor['state'] = 'running';
  let ids = 0;

  // biome-ignore lint/suspicious/noExplicitAny: the result's type is that of the task.
  function submit(how: SubmitOptions, task: AnyTask, args: readonly unknown[]): Future<any> {
    const { signal: given, timeout = Number.POSITIVE_INFINITY } = how;
    const source = anyOf(given, timeout < Number.POSITIVE_INFINITY ? AbortSignal.timeout(timeout) : undefined);
    ids += 1;
    const id = ids;
    const start = (signal: AbortSignal) => {
      if (state !== 'running') throw new ExecutorShutdownError('The executor has been shut down.');
      const unwrapped = [...boundArguments(task), ...args].map(unwrap);
      const call = { module: task.module, name: task.name, args: unwrapped.map(({ value }) => value) };
      const transferList = unwrapped.flatMap((arg) => arg.transferList);
      return pool.run(call, { signal, transferList, runTimeout: how.runTimeout });
    };
    const one = futureOf(id, task, source, start, () => {
      outstanding.delete(id);
      tellStarted();
    });
    if (one.future.state === 'queued') outstanding.set(id, one);
    tellStarted();
    return one.future;
  }

  // The libraries do not say when a task begins: the oldest ones are taken to run.
  function tellStarted(): void {
    let free = maxWorkers;
    for (const { started } of outstanding.values()) {
      if (free === 0) return;
      free -= 1;
      started();
    }
  }

  // Chunk by chunk: the simple way to read the input lazily and to keep the order.
  async function* map(
    how: SubmitOptions,
    task: AnyTask,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    { buffer = 2 * maxWorkers, signal, ...others }: MapOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: the results' type is that of the task.
  ): AsyncGenerator<any, void> {
    checkOffered(others, []);
    const options = combined(how, { signal });
    let chunk: unknown[] = [];
    for await (const item of items) {
      chunk.push(item);
      if (chunk.length < buffer) continue;
      yield* await Promise.all(chunk.map((one) => submit(options, task, [one])));
      chunk = [];
    }
    yield* await Promise.all(chunk.map((one) => submit(options, task, [one])));
  }

  function view(how: SubmitOptions): Submitter {
    return {
      submit: (task, ...args) => submit(how, task, args),
      map: (task, items, mapOptions) => map(how, task, items, mapOptions),
      stream: () => notOffered('stream()'),
      bind: () => notOffered('bind()'),
      with(more) {
        checkOffered(more, ['signal', 'timeout', ...offers], { cancelGrace });
        return view(combined(how, more));
      },
    };
  }

  async function shutdown(cancelPending: boolean): Promise<void> {
    state = 'draining';
    await pool.shutdown(settled, cancelPending);
    state = 'closed';
  }

  async function terminate(): Promise<void> {
    if (state === 'closed') return;
    state = 'draining';
    await pool.terminate();
    state = 'closed';
  }

  let end: Promise<void> | undefined;
  const { with: withOptions, ...submitter } = view({});
  return {
    ...submitter,
    with: withOptions,
    name: options.name ?? `${name}:${kind}`,
    kind,
    maxWorkers,
    capabilities: {
      transfer: kind === 'thread',
      sharedMemory: kind === 'thread',
      resourceLimits: kind === 'thread',
      isolation: true,
      terminate: baseline.terminate,
      stream: false,
      recycle: false,
    },
    get state() {
      return state;
    },
    ready: () => notOffered('ready()'),
    warmUp: () => notOffered('warmUp()'),
    limit: () => notOffered('limit()'),
    scope: () => notOffered('scope()'),
    stats: () => notOffered('stats()'),
    async shutdown({ cancelPending = false, timeout = Number.POSITIVE_INFINITY } = {}) {
      end ??= shutdown(cancelPending);
      const timer = timeout < Number.POSITIVE_INFINITY ? setTimeout(() => void terminate(), timeout) : undefined;
      await end;
      clearTimeout(timer);
    },
    terminate,
    async [Symbol.asyncDispose]() {
      await this.shutdown();
    },
  };
}

function combined(outer: SubmitOptions, inner: SubmitOptions): SubmitOptions {
  return { ...outer, ...inner, signal: anyOf(outer.signal, inner.signal) };
}

function anyOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);
}

/** What a library hands on to Node's own Worker or fork(). Absent where nothing is given, as libraries tell undefined from absent. */
export function workerSettings({ env, argv, execArgv, resourceLimits }: ExecutorOptions): {
  env?: NodeJS.ProcessEnv;
  argv?: string[];
  execArgv?: string[];
  resourceLimits?: ResourceLimits;
} {
  return {
    ...(env && { env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(resourceLimits && { resourceLimits }),
  };
}
