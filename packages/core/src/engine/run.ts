import type { BackendWorker, Call, Outcome, WorkerExit, WorkerMessage } from '../backend-types.js';
import { TaskModuleError, TaskTimeoutError, WorkerCrashedError } from '../errors.js';
import { describeExit } from '../link/opening.js';
import { shownModule } from '../tasks.js';
import { now } from '../timers.js';
import { decodeError } from '../values/error-codec.js';
import type { Patch } from '../values/inspect.js';
import { applyPatches } from '../values/patches.js';
import type { Chunk } from './chunk.js';
import { readResults } from './chunk-results.js';
import { type Deadline, deadlines } from './deadlines.js';
import type { Job } from './job.js';
import type { PassedMessage } from './passage.js';
import type { Settings } from './settings.js';
import { summary } from './validate.js';

/** How often a task is given to another worker because one died before it began it; past it, it is the task that is to blame. */
const maxHandedInVain = 3;

/** The worker that a run is on. */
export interface RunHost {
  readonly id: number;
  readonly settings: Settings;
  readonly worker: BackendWorker;
  /** Tells the task that it is cancelled, and ends the worker if it goes on. The job itself is settled. */
  cancelRun(job: Job, reason: unknown): void;
}

/** What a worker tells of a call that it runs. */
export type RunMessage = Extract<
  WorkerMessage,
  { readonly type: 'begun' | 'started' | 'withdrawn' | 'report' | 'item' }
>;

/** How a call has ended. */
export type RunEnd = { readonly value: unknown } | { readonly error: unknown } | ChunkEnd;

/** How a chunk's call has ended. */
export interface ChunkEnd {
  readonly chunk: Chunk;
  /** How many of the items were begun. */
  readonly begun: number;
  /** What the last of them failed with. */
  readonly failure: { readonly reason: unknown } | undefined;
  /** Tells the map of the results. */
  tell(): void;
}

/** One call on a worker: what is known of it, and what the worker's messages about it mean to its job. */
export class Run {
  readonly job: Job;
  readonly call: Call;
  /** How many tasks it counts as. */
  readonly tasks: number;
  /** Whether arguments were moved to the worker, so that nobody else can be given them. */
  readonly hasMoved: boolean;
  /** A call waits only where the workers are shared with others. */
  phase: 'wait' | 'import' | 'run';
  /** The outcome, when it overtook messages that were sent before it. */
  held: Outcome | undefined;
  /** Ends the worker when the task was cancelled and goes on. */
  grace: Deadline | undefined;
  /** What the worker said, or core found, before it died. */
  failure: { readonly error: unknown } | undefined;
  readonly #host: RunHost;
  /** How many of a chunk's items are known to have been done. */
  #done = 0;
  /** How many of the messages about this call have come. */
  #received = 0;
  /** The value, when it was moved and so went before the outcome. */
  #moved: { readonly value: unknown } | undefined;
  /** Bounds the import first, the run then. */
  #limit: Deadline | undefined;

  constructor(
    host: RunHost,
    job: Job,
    call: Call,
    { tasks, hasMoved, phase }: Pick<Run, 'tasks' | 'hasMoved' | 'phase'>,
  ) {
    this.#host = host;
    this.job = job;
    this.call = call;
    this.tasks = tasks;
    this.hasMoved = hasMoved;
    this.phase = phase;
  }

  /** Bounds the time of the phase that it is in. */
  limit(): void {
    const { startTimeout } = this.#host.settings;
    const { options, settled, task } = this.job;
    if (this.phase === 'import') {
      this.#limit = deadlines.add(startTimeout, () => {
        const { module } = task;
        const message = `The task module ${shownModule(module)} was still being imported after ${startTimeout} ms (startTimeout). One that waits at its top level for a task of its own never ends.`;
        this.job.fail(new TaskModuleError(message, { module }));
        this.#host.worker.kill();
      });
    } else if (this.phase === 'run' && options.runTimeout !== Number.POSITIVE_INFINITY && !settled) {
      const timeout = options.runTimeout;
      this.#limit = deadlines.add(timeout, () => {
        const message = `Task '${task.name}' was still running after ${timeout} ms (runTimeout).`;
        const error = new TaskTimeoutError(message, { phase: 'run', timeout });
        this.job.fail(error);
        this.#host.cancelRun(this.job, error);
      });
    }
  }

  /** Hears a message about the call. Throws where it makes no sense. */
  heard(message: RunMessage): void {
    if (message.type === 'begun') {
      this.phase = 'import';
      this.limit();
      return;
    }
    this.#received += 1;
    if (message.type === 'started') {
      deadlines.remove(this.#limit);
      this.phase = 'run';
      this.job.startedAt = now();
      this.limit();
    } else if (message.type === 'report' || message.type === 'item') this.#told(message);
  }

  #told(message: PassedMessage): void {
    const { chunk, items, passage } = this.job.options;
    if (passage !== undefined) passage.message(message);
    else if (message.type === 'report') this.job.progress(arrived(message));
    else if (chunk !== undefined) this.#someResults(chunk, message.value);
    else {
      const value = arrived(message);
      if (items === undefined) this.#moved = { value };
      else if (!this.job.settled) items.item(value);
    }
  }

  #someResults(chunk: Chunk, value: unknown): void {
    const { values, patches, slow } = readResults(value);
    this.#done += values.length;
    chunk.tookLong(slow);
    const tell = chunk.deliver(values, patches);
    // Where items have a limit, it is the next one's start that brings the results of those before.
    if (this.phase === 'run' && this.call.chunk?.announce) {
      deadlines.remove(this.#limit);
      this.limit();
    }
    tell();
  }

  /** Whether the outcome has overtaken messages of the call, which are then waited for. */
  isAhead(outcome: Outcome): boolean {
    return outcome.sent > this.#received;
  }

  /** Reads the outcome before anything is done with it. Throws where it makes no sense: it is a broken worker's, and its task has no result. */
  read(outcome: Outcome): RunEnd {
    const { job } = this;
    const { chunk } = job.options;
    if (outcome.id !== job.id) throw new Error(`The outcome of call ${job.id} has the id ${outcome.id}.`);
    if ('error' in outcome) return { error: this.#decode(outcome.error) };
    if ('moved' in outcome) {
      if (this.#moved === undefined) throw new Error(`The value of call ${job.id}, which was moved, has not come.`);
      return this.#moved;
    }
    const value = arrived(outcome);
    return chunk === undefined ? { value } : this.#readChunk(chunk, value);
  }

  #readChunk(chunk: Chunk, value: unknown): ChunkEnd {
    const { values, patches, slow, failure, time } = readResults(value);
    chunk.tookLong(slow);
    const done = this.#done + values.length;
    const begun = done + (failure === undefined ? 0 : 1);
    const reason = failure && { reason: this.#decode(failure) };
    const isWanted = !this.job.settled && !chunk.isOver;
    if (begun > this.tasks || (begun === 0 && isWanted)) throw new Error(`${begun} of ${this.tasks} items were run.`);
    const tell = chunk.deliver(values, patches);
    if (time !== undefined && begun > 0) chunk.measured(begun, time);
    return { chunk, begun, failure: reason, tell };
  }

  #decode(error: Parameters<typeof decodeError>[0]): unknown {
    const { id, settings } = this.#host;
    const { task } = this.job;
    const origin = `anypool executor '${settings.name}', worker ${id}, task ${task.name} (${shownModule(task.module)})`;
    return decodeError(error, settings.errors, origin);
  }

  /** The worker has no part in it any more. */
  end(): void {
    const { chunk, items, passage } = this.job.options;
    chunk?.handed(undefined);
    passage?.handed(undefined);
    deadlines.remove(this.#limit);
    deadlines.remove(this.grace);
    this.job.leave();
    items?.left();
  }

  /**
   * Whether the worker that has exited is proven not to have begun the call, so that another one can be given it: only on the worker's own
   * word, or its mark in shared memory. That no message came proves nothing, it may have died with the worker (W3a).
   */
  isUnstarted(exit: WorkerExit): boolean {
    const { job } = this;
    if (job.settled || this.failure !== undefined || job.handedInVain >= maxHandedInVain || this.hasMoved) return false;
    return exit.begun !== undefined && exit.begun !== (job.id | 0);
  }

  /** What the death of its worker is to the caller. */
  crash(exit: WorkerExit): WorkerCrashedError {
    const { id: workerId, settings } = this.#host;
    const { task } = this.job;
    const during = this.phase === 'import' ? 'import' : 'run';
    const doing = during === 'import' ? `imported the module of task '${task.name}'` : `ran task '${task.name}'`;
    const why =
      this.failure === undefined || exit.outOfMemory ? describeExit(exit) : `uncaught ${summary(this.failure.error)}`;
    return new WorkerCrashedError(
      `Worker ${workerId} of '${settings.name}' died while it ${doing} (${why}). The task may have had effects and was not run again; other tasks are not affected.`,
      { task, workerId, during, ...exit, ...causeOf(this.failure, exit) },
    );
  }
}

// What was thrown may be null or undefined.
function causeOf(failure: Run['failure'], exit: WorkerExit): { readonly cause?: unknown } {
  if (failure !== undefined) return { cause: failure.error };
  return 'error' in exit ? { cause: exit.error } : {};
}

/** A value as it was before its journey. */
function arrived(message: { readonly value: unknown; readonly patches?: readonly Patch[] }): unknown {
  return message.patches === undefined ? message.value : applyPatches(message.value, message.patches);
}
