import type { Call, Outcome } from '../backend-types.js';
import type { Patch } from '../values/inspect.js';
import type { TaskTarget } from '../worker/load-module.js';

/**
 * A call as it travels. What is the same in each call of a task goes with the first alone; later ones have the task's number. Neither
 * end of it is sent where there is nothing in it, and id and task alone are one number.
 */
export type WireCall = number | WireList;

type WireList = readonly [id: number, task: number, args?: readonly unknown[], rest?: WireRest];

type WireRest = Partial<
  Pick<Call, 'module' | 'name' | 'announce' | 'patches' | 'context' | 'cell' | 'credit' | 'chunk' | 'behalf'>
>;

/** A success as it travels, its id alone where there is nothing else to tell; any other {@link Outcome} is what it is. */
export type WireOutcome =
  | number
  | readonly [id: number, sent: number, value: unknown, patches?: readonly Patch[]]
  | Outcome;

/** In a call that is a number, the id is what is below this, and the task's number how often it is in it. */
const ids = 2 ** 32;
/** More tasks than this would leave the id too few of a number's 53 bits. */
const shortTasks = 2 ** 20;

interface NumberedTask {
  readonly module: string;
  readonly name: string;
  readonly number: number;
  /** Whether the worker has it: a call that did not arrive told it nothing. */
  known: boolean;
}

/** Writes the calls for one worker. */
export class CallWriter {
  readonly #modules = new Map<string, Map<string, NumberedTask>>();
  #count = 0;
  /** The task of the call before, which is nearly always that of the next one, too. */
  #last: NumberedTask | undefined;

  write(call: Call): WireCall {
    let task = this.#last;
    if (task === undefined || task.module !== call.module || task.name !== call.name) {
      task = this.#numbered(call.module, call.name);
      this.#last = task;
    }
    const { announce, patches, context, cell, credit, chunk, behalf } = call;
    const isPlain = announce === undefined && patches === undefined && context === undefined && cell === undefined;
    if (task.known && isPlain && credit === undefined && chunk === undefined && behalf === undefined)
      return call.args.length === 0 ? withoutArguments(call.id, task.number) : [call.id, task.number, call.args];
    const { module, name } = task;
    const rest = {
      ...(!task.known && { module, name }),
      ...(announce && { announce }),
      ...(patches && { patches }),
      ...(context && { context }),
      ...(cell !== undefined && { cell }),
      ...(credit !== undefined && { credit }),
      ...(chunk && { chunk }),
      ...(behalf && { behalf }),
    };
    return [call.id, task.number, call.args, rest];
  }

  /** The call that was written last has been answered. */
  answered(): void {
    if (this.#last !== undefined) this.#last.known = true;
  }

  #numbered(module: string, name: string): NumberedTask {
    let names = this.#modules.get(module);
    if (names === undefined) {
      names = new Map();
      this.#modules.set(module, names);
    }
    let task = names.get(name);
    if (task === undefined) {
      task = { module, name, number: this.#count, known: false };
      this.#count += 1;
      names.set(name, task);
    }
    return task;
  }
}

/** Reads them in the worker. */
export class CallReader {
  readonly #tasks: TaskTarget[] = [];

  /** The task of a call; to be read before the call itself. */
  target(message: WireCall): TaskTarget {
    if (typeof message === 'number') return this.#known(Math.floor(message / ids), message % ids);
    const [id, task, , rest] = message;
    if (rest?.module !== undefined && rest.name !== undefined)
      this.#tasks[task] = { module: rest.module, name: rest.name };
    return this.#known(task, id);
  }

  #known(task: number, id: number): TaskTarget {
    const target = this.#tasks[task];
    if (target === undefined) throw new Error(`Call ${id} is of a task that this worker was never told.`);
    return target;
  }
}

/** The call in a message. */
export function readCall(message: WireCall, { module, name }: TaskTarget): Call {
  if (typeof message === 'number') return { id: message % ids, module, name, args: [] };
  const [id, , args = [], rest] = message;
  const call = { id, module, name, args };
  return rest === undefined ? call : { ...rest, ...call };
}

function withoutArguments(id: number, task: number): WireCall {
  return id < ids && task < shortTasks ? task * ids + id : [id, task];
}

/** An outcome as it is to travel. */
export function writeOutcome(outcome: Outcome): WireOutcome {
  if (!('value' in outcome)) return outcome;
  const { patches } = outcome;
  if (outcome.sent === 0 && outcome.value === undefined && patches === undefined) return outcome.id;
  return patches === undefined
    ? [outcome.id, outcome.sent, outcome.value]
    : [outcome.id, outcome.sent, outcome.value, patches];
}

/** The outcome that {@link writeOutcome} wrote. */
export function readOutcome(reply: WireOutcome): Outcome {
  if (typeof reply === 'number') return { id: reply, sent: 0, value: undefined };
  if (!isList(reply)) return reply;
  const patches = reply[3];
  return patches === undefined
    ? { id: reply[0], sent: reply[1], value: reply[2] }
    : { id: reply[0], sent: reply[1], value: reply[2], patches };
}

function isList(reply: WireOutcome): reply is Exclude<WireOutcome, number | Outcome> {
  return Array.isArray(reply);
}
