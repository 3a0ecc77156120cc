import type { Backend } from '../backend-types.js';
import { hasCarriers, injectContext } from '../context-carriers.js';
import { ExecutorShutdownError, TaskTimeoutError, type WorkerStartError } from '../errors.js';
import type { ActiveTask, Executor, ExecutorStats, ShutdownOptions, WorkerKind } from '../executor.js';
import type { Future } from '../future.js';
import { type AnyTask, fixedTask } from '../tasks.js';
import { now } from '../timers.js';
import { Backlog } from './backlog.js';
import { Board } from './board.js';
import { CancelledErrors } from './cancelled-errors.js';
import { publishEnd, publishStart, publishSubmit } from './channels.js';
import { Closing } from './closing.js';
import { type Deadline, deadlines } from './deadlines.js';
import { Job, type JobOptions, type JobOwner } from './job.js';
import { KeepAlive } from './keep-alive.js';
import type { Lessor } from './lease.js';
import type { Limit } from './limit.js';
import type { Passage } from './passage.js';
import { Places } from './places.js';
import { type Addressee, refuse } from './refuse.js';
import { Room } from './room.js';
import type { Settings } from './settings.js';
import { Starvation } from './starvation.js';
import { Statistics } from './statistics.js';
import * as validate from './validate.js';
import type { SubmitTarget } from './view.js';
import { WarmUps } from './warm-ups.js';
import { type Employer, Workforce } from './workforce.js';

/** ms after which a worker that was to take a call from the board, and has not come to it, is counted on no more; up to twice as many. */
const takingTime = 10;

/** The queue between submitters and workers, and the executor's state. */
export class Engine implements SubmitTarget, Addressee, JobOwner, Employer, Lessor {
  readonly backend: Backend;
  readonly settings: Settings;
  readonly defaults: JobOptions;
  readonly #backlog = new Backlog();
  readonly #board: Board | undefined;
  readonly #workforce: Workforce;
  readonly #keepAlive = new KeepAlive();
  readonly #closing = new Closing();
  readonly #cancelledErrors = new CancelledErrors();
  readonly #warmUps = new WarmUps();
  readonly #room: Room;
  readonly #places: Places;
  readonly #statistics = new Statistics();
  readonly #starvation: Starvation;
  #lastId = 0;
  #outstanding = 0;
  #pumping = false;
  /** Whether something changed meanwhile. */
  #changedAgain = false;
  /** Whether everything was stopped: nothing is given to a worker any more. */
  #ended = false;
  /** The job on its way from the queue to a worker, where its arguments are being read. */
  #handing: Job | undefined;
  #takingDeadline: Deadline | undefined;

  constructor(backend: Backend, settings: Settings) {
    this.backend = backend;
    this.settings = settings;
    const { cancelGrace, name, starvationThreshold } = settings;
    const never = Number.POSITIVE_INFINITY;
    this.defaults = {
      signals: [],
      timeout: never,
      runTimeout: never,
      priority: 0,
      cancelGrace,
      highWaterMark: 16,
      groups: [],
    };
    this.#board = hasBoard(backend, settings) ? new Board() : undefined;
    this.#workforce = new Workforce(this, backend, settings, this.#board);
    this.#room = new Room(this.#backlog, this.#workforce, settings);
    this.#places = new Places(name, () => this.#room.forWaiters);
    this.#starvation = new Starvation(this, starvationThreshold);
  }

  get name(): string {
    return this.settings.name;
  }

  get kind(): WorkerKind {
    return this.backend.kind;
  }

  get state(): Executor['state'] {
    return this.#closing.state;
  }

  get maxWorkers(): number {
    return this.settings.maxWorkers;
  }

  /** How many jobs wait for a worker, less those that are about to be taken from the board. */
  get waiting(): number {
    const { queued } = this.#backlog;
    return queued === 0 || this.#board === undefined ? queued : Math.max(0, queued - this.#board.hungry);
  }

  submitJob(task: AnyTask, args: readonly unknown[], options: JobOptions): Future<unknown> {
    this.#lastId += 1;
    const job = new Job(this, this.#lastId, task, args, options);
    if (this.#outstanding++ === 0) this.#keepAlive.acquire();
    const { timeout, groups } = options;
    for (const group of groups) group.join(job);
    try {
      job.task = fixedTask(task);
      if (this.#refuse(job)) return job.future;
      if (hasCarriers() && options.passage === undefined) {
        job.context = injectContext(job.task);
        // A carrier is anybody's code, which may even have shut this executor down.
        if (this.#refuse(job)) return job.future;
      }
      job.followSignals();
      if (this.#room.isBounded) this.#places.take();
    } catch (error) {
      // A task or a signal of somebody's own making, which throws when it is looked at.
      job.fail(error);
      return job.future;
    }
    if (timeout !== Number.POSITIVE_INFINITY) job.timeoutDeadline = deadlines.add(timeout, () => this.#timedOut(job));
    this.#backlog.push(job);
    publishSubmit(this.name, job);
    this.#workforce.use();
    this.changed();
    return job.future;
  }

  /** Settles a job that there is no taking, or no room for; returns whether it is so. */
  #refuse(job: Job): boolean {
    if (refuse(job, this)) return true;
    if (!this.#room.isBounded) return false;
    this.#board?.collect();
    // Who hears of what the board shows is anybody's code, too.
    if (refuse(job, this)) return true;
    if (this.#places.has(this.#room.for(job))) return false;
    job.fail(this.#room.refusal());
    return true;
  }

  capacityFor(options: JobOptions): number {
    return this.#room.capacityFor(options);
  }

  limit(maxConcurrent: number, name: string | undefined): Limit {
    return this.#backlog.limit(maxConcurrent, name);
  }

  /** Runs another process's call; see `relay`. */
  pass(passage: Passage): Future<unknown> {
    const { module, name } = passage.call;
    return this.submitJob({ module, name }, [], { ...this.defaults, passage });
  }

  #timedOut(job: Job): void {
    if (!this.#take(job)) return;
    const { timeout } = job.options;
    const phase = job.slot === undefined || job.slot.isKeptWaiting ? 'queue' : 'run';
    const what = phase === 'queue' ? 'had not started' : 'was still running';
    const error = new TaskTimeoutError(
      `Task '${job.task.name}' ${what} ${timeout} ms after it was submitted (timeout).`,
      { phase, timeout },
    );
    job.fail(error);
    job.slot?.cancelRun(job, error);
    this.changed();
  }

  cancelJob(job: Job, reason: unknown): boolean {
    const why = reason === undefined ? this.#cancelledErrors.of(job.task.name, '') : reason;
    if (!this.#take(job)) return false;
    this.endJob(job, 'cancelled', why);
    return true;
  }

  endJob(job: Job, state: 'cancelled' | 'rejected', reason: unknown, cancelGrace?: number): void {
    this.#take(job);
    job.abandon(state, reason);
    job.slot?.cancelRun(job, reason, cancelGrace);
    this.changed();
  }

  /** Takes a job out of the queue, and off the board; returns false where it turns out to be over. */
  #take(job: Job): boolean {
    this.holdBack(job);
    job.queue?.remove(job);
    return !job.settled;
  }

  holdBack(job: Job): boolean {
    // What could not be withdrawn has been taken by a worker, and is found to be running or over.
    if (this.#board?.withdraw(job) === false) this.#board.collect();
    return job.queue !== undefined;
  }

  look(): void {
    this.#board?.look();
  }

  rang(): void {
    this.#board?.collect();
    this.changed();
  }

  takeBack(job: Job): void {
    this.#backlog.putBack(job);
  }

  jobStarted(job: Job): void {
    publishStart(this.name, job);
  }

  jobSettled(job: Job, reason: unknown, crashed: boolean): void {
    const time = job.endedAt ?? now();
    this.#statistics.settled(job, crashed, time);
    publishEnd(this.name, job, reason, time);
    for (const group of job.options.groups) group.settled(job, reason);
    this.#outstanding -= 1;
    if (this.#outstanding > 0) return;
    this.#keepAlive.release();
    // Refused after the end: what keeps the process alive has come back for it.
    if (this.state === 'closed') this.#keepAlive.close();
  }

  jobLeft(job: Job): void {
    this.#backlog.left(job);
    for (const group of job.options.groups) group.left(job);
  }

  changed(): void {
    // Whoever hears of what the board shows may submit and cancel: that is to be seen to as well, before anything is taken as settled.
    this.#changedAgain = this.#pumping;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#ended) {
        this.#changedAgain = false;
        this.#hand();
        this.#workforce.staff();
        if (!this.#fillBoard() && !this.#changedAgain) break;
      }
    } finally {
      this.#pumping = false;
    }
    if (this.#backlog.queued > 0) {
      this.#starvation.watch();
      this.#expectTaking();
    }
    if (this.#room.isBounded) this.#places.grant();
    this.#warmUps.tell(this.#workforce.up);
    this.#finishClosing();
  }

  /** Where all workers are busy: those who look at the board find the next jobs there. Returns whether one of them has stopped looking. */
  #fillBoard(): boolean {
    if (this.#board === undefined || this.#backlog.queued === 0) return false;
    if (this.#board.fill(this.#backlog.queue)) this.#board.collect();
    return this.waiting > 0 && this.#workforce.hasIdle;
  }

  /** Jobs wait for workers that are about to take them. */
  #expectTaking(): void {
    if (this.#takingDeadline !== undefined || this.#board === undefined || this.#board.hungry === 0) return;
    this.#takingDeadline = deadlines.add(takingTime, () => {
      this.#takingDeadline = undefined;
      this.#board?.expectTaking();
      this.changed();
    });
  }

  #hand(): void {
    for (let waiting = this.waiting; waiting > 0; waiting = this.waiting) {
      const slot = this.#workforce.takeIdle();
      if (slot === undefined) return;
      if (waiting > 1 && this.#board !== undefined) {
        this.#board.fill(this.#backlog.queue);
        if (slot.look(this.#backlog.queue.first)) continue;
      }
      const job = this.#next();
      this.#handing = job;
      if (job === undefined || !slot.assign(job)) {
        // A worker that turns out to be no good is not the job's fault.
        if (job?.settled === false) this.takeBack(job);
        this.#workforce.giveBack(slot);
      }
      this.#handing = undefined;
    }
  }

  /** Takes the job that is to start next. */
  #next(): Job | undefined {
    for (let job = this.#backlog.queue.first; job !== undefined; job = this.#backlog.queue.first) {
      if (this.#board?.withdraw(job) !== false) return this.#backlog.shift();
      this.#board.collect();
    }
    return undefined;
  }

  /** Takes all that waits, one job after the other: what comes up meanwhile, as others have gone, is taken as well. */
  *#takeAll(): Generator<Job> {
    this.#board?.recall();
    for (;;) {
      const job = this.#next() ?? this.#backlog.shiftParked();
      if (job === undefined) return;
      yield job;
    }
  }

  hopeless(error: WorkerStartError, staffed: boolean): void {
    this.#warmUps.fail(error);
    if (staffed) return;
    for (const job of this.#takeAll()) job.fail(error);
  }

  async warmUp(workers: number): Promise<void> {
    validate.checkValue('warmUp', 'workers', workers, validate.nonNegativeInteger);
    if (this.state !== 'running') throw new ExecutorShutdownError(`'${this.name}' is shut down.`);
    this.#keepAlive.acquire();
    try {
      await this.#warmUps.wait(Math.min(workers, this.maxWorkers), () => {
        this.#workforce.want(this.#warmUps.wanted);
        this.changed();
      });
    } finally {
      this.#keepAlive.release();
    }
  }

  ready(owner?: object): Promise<void> {
    if (this.state !== 'running') return Promise.reject(this.#places.refusal());
    if (!this.#room.isBounded) return Promise.resolve();
    // What it waits for may be tasks that nobody waits for any more, in their grace.
    this.#keepAlive.acquire();
    const release = () => this.#keepAlive.release();
    const room = this.#places.ready(owner);
    room.then(release, release);
    return room;
  }

  turnAway(owner: object, reason: unknown): void {
    this.#places.turnAway(owner, reason);
  }

  /** For `Starvation`: the job that has waited longest for a worker. */
  oldest(): Job | undefined {
    this.#board?.collect();
    return this.#backlog.oldest();
  }

  get isFullyBusy(): boolean {
    return this.#workforce.isFullyBusy;
  }

  get lastUp(): number {
    return this.#workforce.lastUp;
  }

  get active(): readonly ActiveTask[] {
    return this.#workforce.active;
  }

  stats(): ExecutorStats {
    this.#board?.look();
    const { completed, failed, crashed, cancelled, waitTime, runTime } = this.#statistics;
    const oldest = this.#backlog.oldest();
    return {
      queued: this.#backlog.tasks,
      running: this.#workforce.busy,
      completed,
      failed,
      crashed,
      cancelled,
      workers: this.#workforce.up,
      waitTime,
      runTime,
      longestWait: oldest === undefined ? 0 : now() - oldest.submittedAt,
      active: this.active,
      limits: this.#backlog.limits,
    };
  }

  async shutdown(options: ShutdownOptions): Promise<void> {
    validate.checkOptions('shutdown', options, validate.shutdownChecks);
    const closed = this.#beginClosing();
    if (options.cancelPending) this.#cancelQueued();
    if (options.timeout !== undefined) this.#closing.limit(options.timeout, () => this.#terminateNow());
    this.changed();
    await closed;
  }

  async terminate(): Promise<void> {
    const closed = this.#beginClosing();
    this.#terminateNow();
    await closed;
  }

  #beginClosing(): Promise<void> {
    return this.#closing.begin(() => {
      this.#keepAlive.acquire();
      this.#warmUps.fail(new ExecutorShutdownError(`'${this.name}' was shut down.`));
      this.#places.close();
    });
  }

  #cancelQueued(): void {
    const why = `: '${this.settings.name}' was shut down with cancelPending`;
    for (const job of this.#takeAll()) job.abandon('cancelled', this.#cancelledErrors.of(job.task.name, why));
  }

  #terminateNow(): void {
    const error = new ExecutorShutdownError(`'${this.settings.name}' was terminated before the task ended.`);
    this.#ended = true;
    this.#workforce.kill(error);
    this.#handing?.abandon('rejected', error);
    for (const job of this.#takeAll()) job.abandon('rejected', error);
    for (const job of this.#workforce.jobs) job.abandon('rejected', error);
    this.changed();
  }

  // Workers that are needed by what is queued still start, and replace those that die; the others go as soon as nothing waits.
  #finishClosing(): void {
    if (this.state !== 'draining' || this.#backlog.queued > 0 || this.#backlog.parked > 0) return;
    this.#starvation.close();
    this.#workforce.close();
    if (this.#workforce.size > 0) return;
    deadlines.remove(this.#takingDeadline);
    this.#closing.end();
    this.#keepAlive.release();
    this.#keepAlive.close();
  }
}

/** Whether workers are to share a board: threads can, if they are the executor's own, and are not counted out their calls. */
function hasBoard({ kind, capabilities, shared }: Backend, { maxTasksPerWorker }: Settings): boolean {
  return kind === 'thread' && capabilities.sharedMemory && !shared && maxTasksPerWorker === Number.POSITIVE_INFINITY;
}
