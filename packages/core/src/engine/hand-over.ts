import type { Transferable } from 'node:worker_threads';
import type { Behalf, Call, ChunkOrder } from '../backend-types.js';
import { NotCloneableError } from '../errors.js';
import { boundArguments } from '../tasks.js';
import type { Carrier } from '../values/carrier.js';
import type { Patch } from '../values/inspect.js';
import { prepareArguments } from '../values/sendable.js';
import type { Job } from './job.js';

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

  constructor({ id, task }: Job, args: readonly unknown[]) {
    this.id = id;
    this.module = task.module;
    this.name = task.name;
    this.args = args;
  }
}

/** What a worker is handed for a job. */
export interface Handing {
  readonly call: HandedCall;
  readonly transferList: readonly Transferable[];
  /** How many tasks the call counts as. */
  readonly tasks: number;
}

/** All arguments of a job's call, as the caller gave them. */
export function allArguments(job: Job): readonly unknown[] {
  const bound = boundArguments(job.task);
  return bound.length === 0 ? (job.args ?? []) : [...bound, ...(job.args ?? [])];
}

/**
 * Makes the call of a job, for which its arguments are read; gives undefined, with the job rejected, if they cannot travel. `most` is how
 * many tasks the worker may still run, `shared` whether it is others' as well.
 */
export function handOver(job: Job, carrier: Carrier, most: number, shared: boolean): Handing | undefined {
  const { options, task } = job;
  const { chunk, passage } = options;
  const prepared =
    (passage && { value: passage.call.args }) ??
    chunk?.hand(boundArguments(task), carrier, most) ??
    prepareArguments(allArguments(job), carrier);
  if ('obstacle' in prepared) {
    const { path, what, cause } = prepared.obstacle;
    const message = `${path} of task '${task.name}' is ${what}, which cannot be sent to a worker. Pass plain data instead.`;
    job.fail(new NotCloneableError(message, { path, side: 'argument', cause }));
    return undefined;
  }
  const call = new HandedCall(job, prepared.value);
  if (shared && options.priority !== 0) call.priority = options.priority;
  if (options.items) call.credit = options.highWaterMark;
  if ('patches' in prepared && prepared.patches) call.patches = prepared.patches;
  if ('order' in prepared) {
    call.chunk =
      options.runTimeout === Number.POSITIVE_INFINITY ? prepared.order : { ...prepared.order, announce: true };
  }
  if (job.context) call.context = job.context;
  if (passage !== undefined) passOn(passage.call, call);
  return { call, transferList: prepared.transferList ?? [], tasks: 'items' in prepared ? prepared.items : 1 };
}

/** All of somebody else's call but its arguments; what announces its start is this executor's own. */
function passOn({ patches, context, credit, chunk, behalf }: Call, call: HandedCall): void {
  if (patches !== undefined) call.patches = patches;
  if (context !== undefined) call.context = context;
  if (credit !== undefined) call.credit = credit;
  if (chunk !== undefined) call.chunk = chunk;
  if (behalf !== undefined) call.behalf = behalf;
}
