import type {
  BackendWorker,
  Call,
  ControlMessage,
  Outcome,
  WorkerEvents,
  WorkerExit,
  WorkerMessage,
} from '../backend-types.js';
import { pending } from './opening.js';

/** One call in a pool that somebody else owns. */
export interface SharedCall {
  /** Gives the pool the call. Rejects with {@link LostCall} if its worker dies, with an `ExecutorError` if no worker got it. */
  run(post: (message: WorkerMessage) => void): Promise<Outcome>;
  /** Tells its worker; takes it back if none has it yet. */
  cancel(message: ControlMessage): void;
  /** Nobody waits for the call any more: the pool gets its worker back, and what has begun there runs on. */
  abandon(): void;
}

/** The worker that had the call is gone, and the call with it. */
export class LostCall extends Error {
  readonly exit: WorkerExit;

  constructor(exit: WorkerExit) {
    super('The worker that had the call is gone.');
    this.exit = exit;
  }
}

/** One of the slots of an executor over somebody else's pool: it has one call there at a time, and no worker of its own. */
export class SharedSlot implements BackendWorker {
  readonly ready: Promise<void> = Promise.resolve();
  readonly prefetch: number = 0;
  readonly exited: Promise<WorkerExit>;
  readonly #open: (call: Call) => SharedCall;
  readonly #events: WorkerEvents;
  #exit!: (exit: WorkerExit) => void;
  #call: SharedCall | undefined;

  constructor(events: WorkerEvents, open: (call: Call) => SharedCall) {
    this.#events = events;
    this.#open = open;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  async execute(call: Call): Promise<Outcome> {
    const shared = this.#open(call);
    this.#call = shared;
    try {
      return await shared.run((message) => this.#events.message(message));
    } catch (error) {
      if (!(error instanceof LostCall)) throw error;
      this.#exit(error.exit);
      return await pending();
    } finally {
      this.#call = undefined;
    }
  }

  send(message: ControlMessage): void {
    if (message.type !== 'credit') this.#call?.cancel(message);
  }

  stop(): void {
    this.#exit({});
  }

  // The pool's worker is left alone; a task that runs on there is nobody's any more.
  kill(): void {
    this.#call?.abandon();
    this.#exit({});
  }
}
