import type { Backend } from '../backend-types.js';
import type { Capabilities } from '../capabilities.js';
import type {
  BoundTasks,
  Executor,
  ExecutorStats,
  ScopeOptions,
  ShutdownOptions,
  SubmitOptions,
  Submitter,
  WorkerKind,
} from '../executor.js';
import type { Future } from '../future.js';
import type { ExecutorOptions } from '../options.js';
import { Engine } from './engine.js';
import { Lease, type Life, leaseKey, lessorKey } from './lease.js';
import { type Passage, type PassageWay, passageKey } from './passage.js';
import { Scope } from './scope.js';
import { settle } from './settings.js';
import * as validate from './validate.js';
import { View } from './view.js';

/**
 * Makes an executor of a backend: what an adapter's `createExecutor()` returns.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for one that the backend's capabilities exclude.
 */
export function createExecutorFrom(backend: Backend, options: ExecutorOptions<WorkerKind>): Executor {
  const engine = new Engine(backend, settle(backend, options));
  return new PoolExecutor(engine, new View(engine, engine.defaults), engine);
}

/** The executor that users hold: the whole of it, or a lease. */
class PoolExecutor implements Executor, PassageWay {
  readonly #engine: Engine;
  readonly #view: View;
  readonly #life: Life;
  readonly submit: Executor['submit'];
  readonly map: Executor['map'];
  readonly stream: Executor['stream'];

  /** Of a lease. */
  readonly [lessorKey]: Executor | undefined;

  constructor(engine: Engine, view: View, life: Life, lessor?: Executor) {
    this[lessorKey] = lessor;
    this.#engine = engine;
    this.#view = view;
    this.#life = life;
    this.submit = view.submit;
    this.map = view.map;
    this.stream = view.stream;
  }

  get name(): string {
    return this.#engine.name;
  }

  get kind(): WorkerKind {
    return this.#engine.kind;
  }

  get maxWorkers(): number {
    return this.#engine.maxWorkers;
  }

  get capabilities(): Capabilities {
    return this.#engine.backend.capabilities;
  }

  get state(): Executor['state'] {
    return this.#life.state;
  }

  bind<TM extends object>(module: TM): BoundTasks<TM> {
    return this.#view.bind(module);
  }

  with(options: SubmitOptions): Submitter {
    return this.#view.with(options);
  }

  limit(maxConcurrent: number, name?: string): Submitter {
    validate.checkValue('limit', 'maxConcurrent', maxConcurrent, validate.positiveInteger);
    if (name !== undefined) validate.checkValue('limit', 'name', name, validate.text);
    return this.#view.under(this.#engine.limit(maxConcurrent, name));
  }

  async scope<T>(body: (group: Submitter) => Promise<T>, options: ScopeOptions = {}): Promise<T> {
    if (typeof body !== 'function') throw new TypeError(`scope: body must be a function, got ${validate.shown(body)}.`);
    const scope = new Scope(this.name, options);
    const group = this.#view.within(scope);
    return scope.run(() => body(group));
  }

  ready(): Promise<void> {
    return this.#life.ready();
  }

  warmUp(workers: number = this.maxWorkers): Promise<void> {
    return this.#life.warmUp(workers);
  }

  stats(): ExecutorStats {
    return this.#engine.stats();
  }

  shutdown(options: ShutdownOptions = {}): Promise<void> {
    return this.#life.shutdown(options);
  }

  terminate(): Promise<void> {
    return this.#life.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  [passageKey](passage: Passage): Future<unknown> {
    return this.#engine.pass(passage);
  }

  [leaseKey](): Executor {
    const lease = new Lease(this.#engine);
    return new PoolExecutor(this.#engine, this.#view.within(lease), lease, this[lessorKey] ?? this);
  }
}
