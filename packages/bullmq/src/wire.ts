import { CancelledError } from '@anypool/core';
import {
  type CallOnBehalf,
  type ControlMessage,
  failedOutcome,
  fromBytes,
  type Outcome,
  toBytes,
  toSmallJson,
  type WorkerMessage,
} from '@anypool/core/backend';
import { PayloadTooLargeError } from './errors.js';
import type { Signer } from './signature.js';

/** What is in Redis for a call, as the data of a BullMQ job. All else of it is in `payload`. */
export interface JobData {
  readonly v: 1;
  /** Who waits for it. */
  readonly caller: string;
  /** Whether it is to run though the caller is gone. */
  readonly keep: boolean;
  /** The name by which the host knows the task's module, and the export's. */
  readonly module: string;
  readonly name: string;
  /** The rest of the call, see {@link packed}. */
  readonly payload: string;
  readonly signature?: string;
}

/** An outcome, a message or a control message, with its signature. */
export interface Signed {
  readonly v: 1;
  readonly payload: string;
  readonly signature?: string;
}

/** A message, and how many of its task were before it. */
export interface Placed extends Signed {
  readonly place: number;
}

/** In place of an outcome that is not small: it is in the job's data, since BullMQ keeps what it tells in a stream of events for long. */
export interface Elsewhere {
  readonly v: 1;
  readonly elsewhere: true;
}

/** What a task says before its outcome. */
type TaskMessage = Extract<WorkerMessage, { readonly type: 'report' | 'item' }>;

type CallRest = Omit<CallOnBehalf, 'module' | 'name'>;

/** Characters of an outcome that may go into the stream of events. */
export const largestInEvents = 4096;

/** Bytes of a control message: of its own, as `maxPayload` may be less than a reason to cancel has, and Redis keeps thousands of them. */
const largestControl = 2 ** 16;

/** Writes and reads what goes through Redis for one queue. */
export class Wire {
  readonly #queue: string;
  readonly #signer: Signer;
  readonly #maxPayload: number;

  constructor(queue: string, signer: Signer, maxPayload: number) {
    this.#queue = queue;
    this.#signer = signer;
    this.#maxPayload = maxPayload;
  }

  /** Throws a {@link PayloadTooLargeError} where it is, and whatever V8 throws for what cannot be written. */
  writeCall(
    jobId: string,
    { caller, keep }: Pick<JobData, 'caller' | 'keep'>,
    module: string,
    call: CallOnBehalf,
  ): JobData {
    const { name, id, args, patches, context, credit, chunk, behalf } = call;
    const rest: CallRest = {
      id,
      args,
      behalf,
      ...(patches && { patches }),
      ...(context && { context }),
      ...(credit !== undefined && { credit }),
      ...(chunk && { chunk }),
    };
    const payload = this.#packed(rest, 'argument', name);
    return this.signCall(jobId, { v: 1, caller, keep, module, name, payload });
  }

  /** A call as the data of this job, be it another job's by now. */
  signCall(jobId: string, { caller, keep, module, name, payload }: JobData): JobData {
    const signature = this.#signer.sign('call', this.#queue, jobId, caller, String(keep), module, name, payload);
    return { v: 1, caller, keep, module, name, payload, ...(signature !== undefined && { signature }) };
  }

  /** The parts of a job's data, if they are signed and make sense; the payload has not been read. */
  openCall(jobId: string, data: unknown): JobData | undefined {
    if (!isRecord(data) || own(data, 'v') !== 1) return undefined;
    const [caller, keep, module, name, payload] = ['caller', 'keep', 'module', 'name', 'payload'].map((key) =>
      own(data, key),
    );
    if (typeof caller !== 'string' || typeof keep !== 'boolean' || typeof module !== 'string') return undefined;
    if (typeof name !== 'string' || typeof payload !== 'string') return undefined;
    if (sizeOf(payload) > this.#maxPayload) return undefined;
    const signature = own(data, 'signature');
    if (!this.#signer.accepts(signature, 'call', this.#queue, jobId, caller, String(keep), module, name, payload))
      return undefined;
    return { v: 1, caller, keep, module, name, payload };
  }

  /** The call; undefined where the payload makes no sense. `module` is where the host has the module. */
  readCall({ payload, name }: JobData, module: string): CallOnBehalf | undefined {
    const rest = unpacked(payload);
    return isCall(rest) ? { ...rest, module, name } : undefined;
  }

  /** Throws a {@link PayloadTooLargeError} where it is. */
  writeOutcome(jobId: string, outcome: Outcome, task: string): Signed {
    const isVoid = 'value' in outcome && outcome.value === undefined && outcome.patches === undefined;
    // Which JSON does not carry, and most results are.
    const sent = isVoid ? { id: outcome.id, sent: outcome.sent } : outcome;
    return this.#signed(this.#packed(sent, 'result', task), 'outcome', jobId);
  }

  readOutcome(jobId: string, reply: unknown): Outcome | undefined {
    const outcome = this.#read(reply, this.#maxPayload, 'outcome', jobId);
    if (isOutcome(outcome)) return outcome;
    return isVoidOutcome(outcome) ? { ...outcome, value: undefined } : undefined;
  }

  writeMessage(jobId: string, place: number, message: WorkerMessage, task: string): Placed {
    return { place, ...this.#signed(this.#packed(message, 'result', task), 'message', jobId, String(place)) };
  }

  readMessage(jobId: string, placed: unknown): { readonly place: number; readonly message: TaskMessage } | undefined {
    const place = isRecord(placed) ? own(placed, 'place') : undefined;
    if (typeof place !== 'number' || !Number.isSafeInteger(place)) return undefined;
    const message = this.#read(placed, this.#maxPayload, 'message', jobId, String(place));
    return isMessage(message) ? { place, message } : undefined;
  }

  /** A cancel whose reason is too large has another one: the task is to hear of it in any case. */
  writeControl(jobId: string, message: ControlMessage): Signed {
    const payload = pack(message);
    const fits = sizeOf(payload) <= largestControl ? payload : pack(withSmallReason(message));
    return this.#signed(fits, 'control', jobId);
  }

  readControl(jobId: string, signed: unknown): ControlMessage | undefined {
    const message = this.#read(signed, largestControl, 'control', jobId);
    return isControl(message) ? message : undefined;
  }

  #packed(value: unknown, side: 'argument' | 'result', task: string): string {
    const payload = pack(value);
    const size = sizeOf(payload);
    if (size <= this.#maxPayload) return payload;
    const what = side === 'argument' ? 'The arguments' : 'The result';
    const message = `${what} of task '${task}' have ${size} bytes, and ${this.#maxPayload} may travel (maxPayload). Pass a reference, such as a file's name, or set maxPayload higher here and for the hosts.`;
    throw new PayloadTooLargeError(message, { size, maxPayload: this.#maxPayload, side });
  }

  #signed(payload: string, ...about: readonly string[]): Signed {
    const signature = this.#signer.sign(this.#queue, ...about, payload);
    return { v: 1, payload, ...(signature !== undefined && { signature }) };
  }

  #read(signed: unknown, largest: number, ...about: readonly string[]): unknown {
    if (!isRecord(signed) || own(signed, 'v') !== 1) return undefined;
    const payload = own(signed, 'payload');
    if (typeof payload !== 'string' || sizeOf(payload) > largest) return undefined;
    if (!this.#signer.accepts(own(signed, 'signature'), this.#queue, ...about, payload)) return undefined;
    return unpacked(payload);
  }
}

function withSmallReason(message: ControlMessage): ControlMessage {
  if (message.type !== 'cancel') return message;
  const reason = new CancelledError('The task was cancelled for a reason that is too large to travel.');
  const told = failedOutcome({ id: message.id, sent: 0, value: undefined }, reason);
  return 'error' in told ? { ...message, reason: told.error } : message;
}

/** What a JSON text says; undefined where it is none, as somebody has written there. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a reply says that the outcome is in the job's data. */
export function isElsewhere(reply: unknown): boolean {
  return isRecord(reply) && own(reply, 'elsewhere') === true;
}

// V8's own format carries all that a structured clone does, JSON what is small and plain. Reading either calls nothing and assigns to no
// prototype. Base64 has no braces.
function pack(value: unknown): string {
  const json = toSmallJson(value);
  if (json !== undefined) return json;
  const bytes = toBytes(value);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function unpacked(payload: string): unknown {
  try {
    return isJson(payload) ? JSON.parse(payload) : fromBytes(Buffer.from(payload, 'base64'));
  } catch {
    return undefined;
  }
}

function sizeOf(payload: string): number {
  return isJson(payload) ? Buffer.byteLength(payload) : Math.floor((payload.length * 3) / 4);
}

function isJson(payload: string): boolean {
  return payload.startsWith('{');
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function isCall(value: unknown): value is CallRest {
  if (!isRecord(value) || !Number.isSafeInteger(own(value, 'id')) || !Array.isArray(own(value, 'args'))) return false;
  const isOptional = (key: string, is: (part: unknown) => boolean): boolean => {
    const part = own(value, key);
    return part === undefined || is(part);
  };
  return (
    isBehalf(own(value, 'behalf')) &&
    isOptional('patches', Array.isArray) &&
    isOptional('context', isRecord) &&
    isOptional('credit', Number.isSafeInteger) &&
    isOptional('chunk', isRecord)
  );
}

function isBehalf(value: unknown): boolean {
  if (!isRecord(value) || typeof own(value, 'executor') !== 'string' || own(value, 'kind') !== 'remote') return false;
  return Number.isSafeInteger(own(value, 'workerId')) && Number.isSafeInteger(own(value, 'id'));
}

function isOutcome(value: unknown): value is Outcome {
  if (!isRecord(value)) return false;
  return Number.isSafeInteger(own(value, 'id')) && (Object.hasOwn(value, 'value') || isRecord(own(value, 'error')));
}

/** Of a task that gave nothing. */
function isVoidOutcome(value: unknown): value is Pick<Outcome, 'id' | 'sent'> {
  return isRecord(value) && Object.keys(value).join() === 'id,sent' && Number.isSafeInteger(own(value, 'id'));
}

function isMessage(value: unknown): value is TaskMessage {
  return isRecord(value) && ['report', 'item'].includes(String(own(value, 'type'))) && Object.hasOwn(value, 'value');
}

function isControl(value: unknown): value is ControlMessage {
  if (!isRecord(value) || !Number.isSafeInteger(own(value, 'id'))) return false;
  const type = own(value, 'type');
  return type === 'cancel' || type === 'withdraw' || (type === 'credit' && Number.isSafeInteger(own(value, 'items')));
}
