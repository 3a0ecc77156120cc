import type { Behalf, Call, ChunkOrder, Outcome, WorkerExit } from '../backend-types.js';
import { WorkerCrashedError } from '../errors.js';
import { describeExit } from '../link/opening.js';
import type { Patch } from '../values/inspect.js';
import { applyPatches } from '../values/patches.js';
import type { Deadline } from './deadlines.js';
import type { Job } from './job.js';
import { summary } from './validate.js';

/** How often a task is given to another worker because one died before it began it; past it, it is the task that is to blame. */
const maxHandedInVain = 3;

/**
 * A call, as it is handed to a backend.
 *
 * A class and not a literal: V8 watches what becomes of the objects that a literal makes. When those of one have lived long, as at a
 * start or with ten thousand tasks at once, it makes all later ones in its old generation, where each keeps what it refers to until
 * the next full collection.
 */
export class HandedCall implements Call {
  readonly id: number;
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
  declare announce?: true;
  declare patches?: readonly Patch[];
  declare context?: NonNullable<Call['context']>;
  declare credit?: number;
  declare chunk?: ChunkOrder;
  declare priority?: number;
  declare behalf?: Behalf;

  constructor(id: number, module: string, name: string, args: readonly unknown[]) {
    this.id = id;
    this.module = module;
    this.name = name;
    this.args = args;
  }
}

/** One call on a worker: what is known of it. */
export class Run {
  readonly job: Job;
  readonly call: Call;
  /** How many tasks it counts as. */
  readonly tasks: number;
  /** Whether arguments were moved to the worker, so that nobody else can be given them. */
  readonly hasMoved: boolean;
  /** A call waits only where the workers are shared with others. */
  phase: 'wait' | 'import' | 'run';
  /** How many of a chunk's items are known to have been done. */
  done = 0;
  /** How many of the messages about this call have come. */
  received = 0;
  /** The value, when it was moved and so went before the outcome. */
  moved: { readonly value: unknown } | undefined;
  /** The outcome, when it overtook messages that were sent before it. */
  held: Outcome | undefined;
  /** Bounds the import first, the run then. */
  limit: Deadline | undefined;
  /** Ends the worker when the task was cancelled and goes on. */
  grace: Deadline | undefined;
  /** What the worker said, or core found, before it died. */
  failure: { readonly error: unknown } | undefined;

  constructor(job: Job, call: Call, { tasks, hasMoved, phase }: Pick<Run, 'tasks' | 'hasMoved' | 'phase'>) {
    this.job = job;
    this.call = call;
    this.tasks = tasks;
    this.hasMoved = hasMoved;
    this.phase = phase;
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
  crash(exit: WorkerExit, executor: string, workerId: number): WorkerCrashedError {
    const { task } = this.job;
    const during = this.phase === 'import' ? 'import' : 'run';
    const doing = during === 'import' ? `imported the module of task '${task.name}'` : `ran task '${task.name}'`;
    const why =
      this.failure === undefined || exit.outOfMemory ? describeExit(exit) : `uncaught ${summary(this.failure.error)}`;
    return new WorkerCrashedError(
      `Worker ${workerId} of '${executor}' died while it ${doing} (${why}). The task may have had effects and was not run again; other tasks are not affected.`,
      { task, workerId, during, ...exit, cause: this.failure?.error ?? exit.error },
    );
  }
}

/** A value as it was before its journey. */
export function arrived(message: { readonly value: unknown; readonly patches?: readonly Patch[] }): unknown {
  return message.patches === undefined ? message.value : applyPatches(message.value, message.patches);
}
