import {
  type CallOnBehalf,
  LostCall,
  type Outcome,
  type WorkerEvents,
  type WorkerMessage,
} from '@anypool/core/backend';
import type { JobData, Signed } from './wire.js';

/** One call of this process that is in Redis or with a host: what is known of it. */
export class RemoteCall {
  jobId: string;
  readonly call: CallOnBehalf;
  readonly outcome: Promise<Outcome>;
  state: 'adding' | 'waiting' | 'active' | 'over' = 'adding';
  /** When something was last heard of it. */
  heardAt: number = performance.now();
  /** The cancel that came for it, or what else keeps it from being begun. */
  cancelled: Signed | undefined;
  /** Whether Redis may have heard of it. */
  isKnown = false;
  /** Where it has ended, and its messages are waited for: the last event that there was by then. */
  endedBy: string | undefined;
  /** How often it was waited for them, and nothing at all came. */
  waits = 0;
  /** How many items were asked for since it began, beyond those that its call asks for. */
  credited = 0;
  /** When its last report or item came. */
  messageAt: number = performance.now();
  /** Since when no host says that it has it, though one should. */
  unheldSince: number | undefined;
  /** How often it has been given to another host. */
  retried = 0;
  /** What it was sent as, where it may be sent again: the caller may have changed its arguments by then. */
  data: JobData | undefined;
  readonly #events: WorkerEvents;
  /** Of this attempt. */
  #messages = 0;
  #items = 0;
  /** All that core has been told of the call, and counts. */
  #told = 0;
  #resolve!: (outcome: Outcome) => void;
  #reject!: (reason: unknown) => void;

  constructor(jobId: string, call: CallOnBehalf, events: WorkerEvents) {
    this.jobId = jobId;
    this.call = call;
    this.#events = events;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The place of the message that comes next. */
  get messages(): number {
    return this.#messages;
  }

  /** Whether its messages are parts of what it gives, none of which may be missing. */
  get hasParts(): boolean {
    return this.call.credit !== undefined || this.call.chunk !== undefined;
  }

  /** Whether its host cannot have sent more than has come: its reader has not asked for more. */
  get isReadSlowly(): boolean {
    return this.call.credit !== undefined && this.#items >= this.call.credit + this.credited;
  }

  added(): void {
    if (this.state === 'adding') this.state = 'waiting';
  }

  /** A host has it: its time begins, and that of its module's import is the host's affair. */
  active(): void {
    this.heardAt = performance.now();
    if (this.state === 'active' || this.state === 'over') return;
    this.state = 'active';
    const { id } = this.call;
    this.#events.message({ type: 'begun', id });
    this.#tell({ type: 'started', id });
  }

  #tell(message: WorkerMessage): void {
    this.#told += 1;
    this.#events.message(message);
  }

  message(place: number, message: WorkerMessage): void {
    this.active();
    this.#messages = place + 1;
    if (message.type === 'item') this.#items += 1;
    this.messageAt = performance.now();
    this.#tell(message);
  }

  /** Its host has died, and another is to have it. Not where items came, which would come again. */
  again(jobId: string): boolean {
    if (this.hasParts || this.cancelled !== undefined) return false;
    this.retried += 1;
    this.jobId = jobId;
    this.state = 'adding';
    this.#messages = 0;
    this.unheldSince = undefined;
    return true;
  }

  ended(outcome: Outcome): void {
    if (this.state === 'over') return;
    // A report that was lost is lost; without an item, a stream or a chunk would be another one.
    if (this.hasParts && outcome.sent > this.#messages && 'value' in outcome) {
      this.partsLost(outcome.sent);
      return;
    }
    this.active();
    this.state = 'over';
    this.#resolve({ ...outcome, id: this.call.id, sent: this.#told });
  }

  /** Nobody has begun it, and nobody is to. */
  withdrawn(): void {
    const { id, chunk } = this.call;
    if (this.state === 'over') return;
    this.state = 'over';
    this.#resolve({ id, sent: this.#told, value: chunk && { values: [] } });
  }

  /** It was not accepted. */
  refused(error: unknown): void {
    this.state = 'over';
    this.#reject(error);
  }

  /** Its host has sent so many messages, and not all of them have come. */
  partsLost(sent: number): void {
    this.lost(
      `Of the first ${sent} messages of the task, some did not come: Redis keeps the last ones only, or they were not accepted.`,
    );
  }

  /** Nobody knows what became of it: its host is gone, or Redis has lost it. */
  lost(why: string, cause?: unknown): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.#reject(new LostCall({ error: new Error(why, cause === undefined ? undefined : { cause }) }));
  }
}
