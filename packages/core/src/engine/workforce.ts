import type { Backend, WorkerExit } from '../backend-types.js';
import { WorkerStartError } from '../errors.js';
import type { ActiveTask } from '../executor.js';
import { now } from '../timers.js';
import type { Board } from './board.js';
import { workerExited, workerStarted } from './channels.js';
import { type Deadline, deadlines } from './deadlines.js';
import type { Job } from './job.js';
import type { Settings } from './settings.js';
import { summary } from './validate.js';
import { type SlotOwner, WorkerSlot } from './worker-slot.js';

/** After so many failed starts in a row, those who wait are told. */
const failuresToReport = 3;
/** ms between starts while they fail. */
const retryPause = 1000;

/** What the workforce needs of the executor that it works for. */
export interface Employer {
  /** How many jobs wait for a worker. */
  readonly waiting: number;
  /** A worker died before it began the job: another is to do it. */
  takeBack(job: Job): void;
  /** There is something new on the board. */
  rang(): void;
  /** Something changed: hand out work, or see whether all is done. */
  changed(): void;
  /** Workers cannot be started. Unless `staffed`, nobody is going to do what waits. */
  hopeless(error: WorkerStartError, staffed: boolean): void;
}

/** An executor's workers: starts them as they are needed, keeps the idle ones for a while, replaces those that die. */
export class Workforce implements SlotOwner {
  readonly #employer: Employer;
  readonly #backend: Backend;
  readonly #settings: Settings;
  readonly #board: Board | undefined;
  readonly #all = new Set<WorkerSlot>();
  /** The last one is used first, so that the others get to be idle long enough to be stopped. */
  readonly #idle: WorkerSlot[] = [];
  /** Those that are on their way out and take no more work. */
  readonly #leaving = new Set<WorkerSlot>();
  /** When one last came up. */
  lastUp: number = Number.NEGATIVE_INFINITY;
  #starting = 0;
  #lastId = 0;
  /** How many workers are wanted whatever waits, by `warmUp()`. */
  #wanted = 0;
  /** Whether `minWorkers` are kept: from the first use on, unless workers cannot be started. */
  #inUse = false;
  #failures = 0;
  /** How many workers in a row have died before they began a call. */
  #earlyDeaths = 0;
  #lastCause: unknown;
  #lastStart = Number.NEGATIVE_INFINITY;
  #retry: Deadline | undefined;
  #reaper: Deadline | undefined;
  #closing = false;

  constructor(employer: Employer, backend: Backend, settings: Settings, board: Board | undefined) {
    this.#employer = employer;
    this.#board = board;
    this.#backend = backend;
    this.#settings = settings;
  }

  /** Every worker that has not exited. */
  get size(): number {
    return this.#all.size;
  }

  /** Those that are or will be there for work. */
  get #active(): number {
    return this.#all.size - this.#leaving.size;
  }

  /** Those that are up, idle or busy. */
  get up(): number {
    return this.#active - this.#starting;
  }

  /** Those that run a job; one that looks for its next call on the board runs none, whether or not it comes to take one. */
  get busy(): number {
    return this.up - this.#idle.length - (this.#board?.between ?? 0);
  }

  /** Whether no more can be done at once: one between two calls is as good as busy. */
  get isFullyBusy(): boolean {
    return this.up - this.#idle.length >= this.#settings.maxWorkers;
  }

  /** What the busy ones are busy with. */
  get active(): ActiveTask[] {
    const time = now();
    return [...this.#all].flatMap(({ id: workerId, job }) => {
      if (job === undefined) return [];
      const { id, task, startedAt } = job;
      return [{ id, task: { module: task.module, name: task.name }, workerId, runTime: time - startedAt }];
    });
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  takeIdle(): WorkerSlot | undefined {
    return this.#idle.pop();
  }

  /** Gives back a worker that was taken and not used. */
  giveBack(slot: WorkerSlot): void {
    if (slot.state === 'idle') this.#idle.push(slot);
  }

  /** Somebody has something to do: from now on, `minWorkers` are kept. */
  use(): void {
    this.#inUse = true;
  }

  /** How many workers there are to be, whatever waits; the employer hears of each change. */
  want(workers: number): void {
    this.#wanted = workers;
    this.#reapLater();
  }

  get #kept(): number {
    return Math.max(this.#wanted, this.#inUse ? this.#settings.minWorkers : 0);
  }

  /** Starts as many workers as the waiting jobs need and the limits allow. */
  staff(): void {
    // A shutdown under way still needs workers for what a dying one gave back.
    if (this.#closing && this.#employer.waiting === 0) return;
    const { maxWorkers } = this.#settings;
    for (;;) {
      const forWaiting = this.#employer.waiting - this.#starting - this.#idle.length;
      if (forWaiting <= 0 && this.#active >= this.#kept) return;
      if (this.#active >= maxWorkers || !this.#mayStart()) return;
      this.#start();
    }
  }

  // One worker that starts ends the doubt; until then, no more are tried than it takes to be sure.
  #mayStart(): boolean {
    if (this.#failures === 0) return true;
    if (this.#failures < failuresToReport) return this.#failures + this.#starting < failuresToReport;
    if (this.#starting > 0) return false;
    const wait = this.#lastStart + retryPause - now();
    if (wait <= 0) return true;
    this.#retry ??= deadlines.add(wait, () => {
      this.#retry = undefined;
      this.staff();
    });
    return false;
  }

  #start(): void {
    this.#lastStart = now();
    this.#starting += 1;
    this.#lastId += 1;
    const slot = new WorkerSlot(this, this.#backend, this.#settings, this.#lastId, this.#board);
    this.#all.add(slot);
  }

  slotReady(slot: WorkerSlot): void {
    this.lastUp = now();
    this.#starting -= 1;
    if (this.#earlyDeaths === 0) this.#failures = 0;
    if (workerStarted.hasSubscribers) workerStarted.publish({ executor: this.#settings.name, workerId: slot.id });
    this.slotFree(slot);
  }

  slotFailed(slot: WorkerSlot, cause: unknown): void {
    this.#starting -= 1;
    this.#leaving.add(slot);
    this.#countFailure(cause);
    this.#employer.changed();
  }

  #countFailure(cause: unknown): void {
    this.#failures += 1;
    this.#lastCause = cause;
    if (this.#failures < failuresToReport || this.#starting > 0) return;
    this.#wanted = 0;
    this.#inUse = false;
    this.#employer.hopeless(this.#startError(), this.up > 0);
  }

  #startError(): WorkerStartError {
    const { name } = this.#settings;
    const message = `No worker of '${name}' could be started in ${this.#failures} attempts (${summary(this.#lastCause)}). Look at its initializer and its options; the next submit tries again.`;
    return new WorkerStartError(message, { cause: this.#lastCause });
  }

  slotFree(slot: WorkerSlot): void {
    if (slot.calls > 0) {
      this.#failures = 0;
      this.#earlyDeaths = 0;
    }
    slot.idleSince = now();
    // Who heard that it is up may have shut the executor down.
    if (slot.state === 'idle') this.#idle.push(slot);
    this.#employer.changed();
    if (this.#idle.length > 0) this.#reapLater();
  }

  slotRang(): void {
    this.#employer.rang();
  }

  slotUnfit(slot: WorkerSlot): void {
    this.#stop(slot);
    this.#employer.changed();
  }

  slotUnstarted(job: Job): void {
    this.#employer.takeBack(job);
  }

  slotExited(slot: WorkerSlot, exit: WorkerExit): void {
    const known = this.#all.delete(slot);
    const place = this.#idle.indexOf(slot);
    if (place >= 0) this.#idle.splice(place, 1);
    const expected = this.#leaving.delete(slot);
    // Whoever hears of it may submit, and is not to find it here any more.
    if (slot.wasUp && workerExited.hasSubscribers)
      workerExited.publish({ executor: this.#settings.name, workerId: slot.id, exit });
    // One that dies by itself before it was of any use is as good as not started: else its replacements would come and go for ever.
    if (known && !expected && slot.calls === 0) {
      this.#earlyDeaths += 1;
      this.#countFailure(new Error('The worker died before it began a task.'));
    }
    this.#employer.changed();
  }

  #stop(slot: WorkerSlot): void {
    const place = this.#idle.indexOf(slot);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#leaving.add(slot);
    slot.stop();
  }

  // One look at all idle workers, not a timer for each: timers that fire together could take more than are to be kept.
  #reapLater(): void {
    const { idleTimeout } = this.#settings;
    if (this.#reaper !== undefined || this.#closing || this.#active <= this.#kept) return;
    const oldest = this.#idle[0];
    if (oldest === undefined) return;
    this.#reaper = deadlines.add(oldest.idleSince + idleTimeout - now(), () => {
      this.#reaper = undefined;
      const time = now();
      for (const slot of [...this.#idle]) {
        if (this.#active > this.#kept && slot.idleSince + idleTimeout <= time) this.#stop(slot);
      }
      this.#reapLater();
    });
  }

  /** Stops every worker that has nothing to do; to be called again when others are free. From the first call on, none is started that nothing waits for. */
  close(): void {
    this.#closing = true;
    deadlines.remove(this.#reaper);
    this.#reaper = undefined;
    if (this.#employer.waiting === 0) {
      deadlines.remove(this.#retry);
      this.#retry = undefined;
    }
    for (const slot of this.#all) {
      if (slot.state === 'idle') this.#stop(slot);
      else if (slot.state === 'starting') {
        this.#starting -= 1;
        this.#stop(slot);
      }
    }
  }

  /** Ends every worker now. */
  kill(reason: unknown): void {
    this.close();
    for (const slot of [...this.#all]) slot.kill(reason);
  }

  /** The jobs that workers run. */
  get jobs(): Job[] {
    return [...this.#all].flatMap((slot) => slot.job ?? []);
  }
}
