import {
  type Backend,
  type BackendWorker,
  type Behalf,
  type Call,
  type ControlMessage,
  capabilities,
  LostCall,
  type Outcome,
  type WorkerEvents,
  type WorkerExit,
} from '@anypool/core/backend';
import { Link, type LinkSettings } from './link.js';
import type { RemoteCall } from './remote-call.js';

/** The hosts of a queue, as the workers of an executor. A worker here is a place: one call at a time, with whichever host takes it. */
export function remoteBackend(settings: LinkSettings): Backend {
  let link: Link | undefined;
  return {
    name: 'bullmq',
    kind: 'remote',
    capabilities: capabilities({ stream: true }),
    shared: true,
    startWorker({ executor, workerId }, events) {
      // Connections last as long as there are places: none is left over when the executor is closed, or long idle (X6, X7).
      if (link?.isOpen !== true) link = new Link(settings);
      return new Place(link, { executor, kind: 'remote', workerId }, events);
    },
  };
}

class Place implements BackendWorker {
  readonly ready: Promise<void>;
  readonly prefetch = 0;
  readonly exited: Promise<WorkerExit>;
  readonly #link: Link;
  readonly #self: Omit<Behalf, 'id'>;
  readonly #events: WorkerEvents;
  #exit!: (exit: WorkerExit) => void;
  #call: RemoteCall | undefined;

  constructor(link: Link, self: Omit<Behalf, 'id'>, events: WorkerEvents) {
    this.#link = link;
    this.#self = self;
    this.#events = events;
    this.ready = link.enter();
    this.exited = new Promise<WorkerExit>((resolve) => {
      this.#exit = resolve;
    }).then(async (exit) => {
      await link.leave();
      return exit;
    });
  }

  async execute(call: Call): Promise<Outcome> {
    try {
      this.#call = this.#link.send({ ...call, behalf: { ...this.#self, id: call.id } }, this.#events);
      return await this.#call.outcome;
    } catch (error) {
      if (!(error instanceof LostCall)) throw error;
      this.#exit(error.exit);
      return await new Promise(() => {});
    } finally {
      this.#call = undefined;
    }
  }

  send(message: ControlMessage): void {
    if (this.#call !== undefined) this.#link.control(this.#call, message);
  }

  stop(): void {
    this.#exit({});
  }

  kill(): void {
    if (this.#call !== undefined) this.#link.abandon(this.#call);
    this.#exit({});
  }
}
