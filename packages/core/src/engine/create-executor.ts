import type { Backend } from '../backend-types.js';
import type { Capabilities } from '../capabilities.js';
import { ExecutorShutdownError, QueueFullError, TaskTimeoutError, type WorkerStartError } from '../errors.js';
import type { BoundTasks, Executor, ShutdownOptions, SubmitOptions, Submitter, WorkerKind } from '../executor.js';
import type { Future } from '../future.js';
import type { ExecutorOptions } from '../options.js';
import type { AnyTask } from '../tasks.js';
import { CancelledErrors } from './cancelled-errors.js';
import { type Deadline, deadlines } from './deadlines.js';
import { Job, type JobOptions, type JobOwner } from './job.js';
import { KeepAlive } from './keep-alive.js';
import { type Settings, settle } from './settings.js';
import { TaskQueue } from './task-queue.js';
import * as validate from './validate.js';
import { type SubmitTarget, View } from './view.js';
import { type Employer, Workforce } from './workforce.js';

/**
 * Makes an executor of a backend: what an adapter's `createExecutor()` returns.
 *
 * Throws TypeError or RangeError for bad options, and `UnsupportedOptionError` for one that the backend's capabilities exclude.
 */
export function createExecutorFrom(backend: Backend, options: ExecutorOptions<WorkerKind>): Executor {
  const engine = new Engine(backend, settle(backend, options));
  return new PoolExecutor(engine, new View(engine, engine.defaults));
}

/** The queue between submitters and workers, and the executor's state. */
class Engine implements SubmitTarget, JobOwner, Employer {
  readonly backend: Backend;
  readonly settings: Settings;
  readonly defaults: JobOptions;
  state: Executor['state'] = 'running';
  readonly #queue = new TaskQueue();
  readonly #workforce: Workforce;
  readonly #keepAlive = new KeepAlive();
  readonly #cancelledErrors = new CancelledErrors();
  readonly #warming = new Set<{ workers: number; resolve(): void; reject(reason: unknown): void }>();
  #lastId = 0;
  #outstanding = 0;
  #pumping = false;
  /** The job on its way from the queue to a worker, where its arguments are being read. */
  #handing: Job | undefined;
  #closed: Promise<void> | undefined;
  #resolveClosed: (() => void) | undefined;
  #shutdownDeadline: Deadline | undefined;

  constructor(backend: Backend, settings: Settings) {
    this.backend = backend;
    this.settings = settings;
    const { cancelGrace } = settings;
    const never = Number.POSITIVE_INFINITY;
    this.defaults = { signals: [], timeout: never, runTimeout: never, priority: 0, cancelGrace };
    this.#workforce = new Workforce(this, backend, settings);
  }

  get maxWorkers(): number {
    return this.settings.maxWorkers;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  submitJob(task: AnyTask, args: readonly unknown[], options: JobOptions): Future<unknown> {
    this.#lastId += 1;
    const job = new Job(this, this.#lastId, task, args, options);
    if (this.#outstanding++ === 0) this.#keepAlive.acquire();
    try {
      if (this.#refuse(job)) return job.future;
    } catch (error) {
      // A task of somebody's own making, whose properties throw when they are read.
      job.fail(error);
      return job.future;
    }
    const { timeout } = options;
    if (timeout !== Number.POSITIVE_INFINITY) job.timeoutDeadline = deadlines.add(timeout, () => this.#timedOut(job));
    job.followSignals();
    this.#queue.push(job);
    this.#workforce.use();
    this.changed();
    return job.future;
  }

  #refuse(job: Job): boolean {
    const { name, maxQueue, maxWorkers } = this.settings;
    const { signals } = job.options;
    const aborted = signals.length === 0 ? undefined : signals.find((signal) => signal.aborted);
    if (!validate.isTask(job.task)) {
      job.fail(
        new TypeError(`submit: the first argument must be a task, see tasksFrom(); got ${validate.shown(job.task)}.`),
      );
    } else if (this.state !== 'running') {
      job.abandon(
        'rejected',
        new ExecutorShutdownError(`'${name}' is shut down and takes no more tasks; create another executor.`),
      );
    } else if (aborted !== undefined) {
      job.abandon('cancelled', aborted.reason);
    } else if (this.#queue.size >= maxQueue + maxWorkers - this.#workforce.busy) {
      // As many of the queue as there are workers free or still to be started do not wait for a place (Q1).
      job.fail(
        new QueueFullError(
          `'${name}' has ${maxQueue} tasks waiting already (maxQueue); submit later, or fewer at once.`,
          { maxQueue },
        ),
      );
    }
    return job.settled;
  }

  #timedOut(job: Job): void {
    const { timeout } = job.options;
    const phase = job.queued ? 'queue' : 'run';
    const what = phase === 'queue' ? 'had not started' : 'was still running';
    const error = new TaskTimeoutError(
      `Task '${job.task.name}' ${what} ${timeout} ms after it was submitted (timeout).`,
      { phase, timeout },
    );
    this.#queue.remove(job);
    job.fail(error);
    job.slot?.cancelRun(job, error);
    this.changed();
  }

  cancelJob(job: Job, reason: unknown): boolean {
    const why = reason === undefined ? this.#cancelledErrors.of(job.task.name, '') : reason;
    this.#queue.remove(job);
    job.abandon('cancelled', why);
    job.slot?.cancelRun(job, why);
    this.changed();
    return true;
  }

  takeBack(job: Job): void {
    this.#queue.unshift(job);
  }

  jobSettled(): void {
    this.#outstanding -= 1;
    if (this.#outstanding > 0) return;
    this.#keepAlive.release();
    // Refused after the end: what keeps the process alive has come back for it.
    if (this.state === 'closed') this.#keepAlive.close();
  }

  changed(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      this.#hand();
      this.#workforce.staff();
    } finally {
      this.#pumping = false;
    }
    if (this.#warming.size > 0)
      for (const warming of this.#warming) if (this.#workforce.up >= warming.workers) warming.resolve();
    this.#finishClosing();
  }

  #hand(): void {
    while (this.#queue.size > 0) {
      const slot = this.#workforce.takeIdle();
      if (slot === undefined) return;
      this.#handing = this.#queue.shift();
      if (this.#handing === undefined || !slot.assign(this.#handing)) this.#workforce.giveBack(slot);
      this.#handing = undefined;
    }
  }

  hopeless(error: WorkerStartError, staffed: boolean): void {
    for (const warming of this.#warming) warming.reject(error);
    if (staffed) return;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) job.fail(error);
  }

  async warmUp(workers: number): Promise<void> {
    validate.checkValue('warmUp', 'workers', workers, validate.nonNegativeInteger);
    const wanted = Math.min(workers, this.settings.maxWorkers);
    if (this.state !== 'running') throw new ExecutorShutdownError(`'${this.settings.name}' is shut down.`);
    this.#keepAlive.acquire();
    let warming: { workers: number; resolve(): void; reject(reason: unknown): void } | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        warming = { workers: wanted, resolve, reject };
        this.#warming.add(warming);
        this.#wantWarm();
        this.changed();
      });
    } finally {
      if (warming !== undefined) this.#warming.delete(warming);
      this.#wantWarm();
      this.#keepAlive.release();
    }
  }

  #wantWarm(): void {
    this.#workforce.want(Math.max(0, ...[...this.#warming].map(({ workers: wanted }) => wanted)));
  }

  async shutdown(options: ShutdownOptions): Promise<void> {
    validate.checkOptions('shutdown', options, { cancelPending: validate.boolean, timeout: validate.duration });
    const closed = this.#beginClosing();
    if (options.cancelPending) this.#cancelQueued();
    if (options.timeout !== undefined && this.state !== 'closed') {
      // Of several shutdowns under way, the strictest counts.
      const deadline = deadlines.add(options.timeout, () => this.#terminateNow());
      if (this.#shutdownDeadline === undefined || (deadline && deadline.at < this.#shutdownDeadline.at)) {
        deadlines.remove(this.#shutdownDeadline);
        this.#shutdownDeadline = deadline;
      } else deadlines.remove(deadline);
    }
    this.changed();
    await closed;
  }

  async terminate(): Promise<void> {
    const closed = this.#beginClosing();
    this.#terminateNow();
    await closed;
  }

  #beginClosing(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.state = 'draining';
      this.#keepAlive.acquire();
      this.#resolveClosed = resolve;
      for (const warming of this.#warming)
        warming.reject(new ExecutorShutdownError(`'${this.settings.name}' was shut down.`));
    });
    return this.#closed;
  }

  #cancelQueued(): void {
    const why = `: '${this.settings.name}' was shut down with cancelPending`;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift())
      job.abandon('cancelled', this.#cancelledErrors.of(job.task.name, why));
  }

  #terminateNow(): void {
    const error = new ExecutorShutdownError(`'${this.settings.name}' was terminated before the task ended.`);
    const running = this.#workforce.kill(error);
    this.#handing?.abandon('rejected', error);
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) job.abandon('rejected', error);
    for (const job of running) job.abandon('rejected', error);
    this.changed();
  }

  // Workers that are needed by what is queued still start, and replace those that die; the others go as soon as nothing waits.
  #finishClosing(): void {
    if (this.state !== 'draining' || this.#queue.size > 0) return;
    this.#workforce.close();
    if (this.#workforce.size > 0) return;
    this.state = 'closed';
    deadlines.remove(this.#shutdownDeadline);
    this.#keepAlive.release();
    this.#keepAlive.close();
    this.#resolveClosed?.();
  }
}

/** The executor that users hold. */
class PoolExecutor implements Executor {
  readonly #engine: Engine;
  readonly #view: View;
  readonly submit: Executor['submit'];
  readonly map: Executor['map'];

  constructor(engine: Engine, view: View) {
    this.#engine = engine;
    this.#view = view;
    this.submit = view.submit;
    this.map = view.map;
  }

  get name(): string {
    return this.#engine.settings.name;
  }

  get kind(): WorkerKind {
    return this.#engine.backend.kind;
  }

  get maxWorkers(): number {
    return this.#engine.settings.maxWorkers;
  }

  get capabilities(): Capabilities {
    return this.#engine.backend.capabilities;
  }

  get state(): Executor['state'] {
    return this.#engine.state;
  }

  bind<TM extends object>(module: TM): BoundTasks<TM> {
    return this.#view.bind(module);
  }

  with(options: SubmitOptions): Submitter {
    return this.#view.with(options);
  }

  warmUp(workers: number = this.maxWorkers): Promise<void> {
    return this.#engine.warmUp(workers);
  }

  shutdown(options: ShutdownOptions = {}): Promise<void> {
    return this.#engine.shutdown(options);
  }

  terminate(): Promise<void> {
    return this.#engine.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}
