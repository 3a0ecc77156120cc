import { channel } from 'node:diagnostics_channel';

const refused = channel('anypool:bullmq:refused');

/** What came by the queue and was not accepted: unsigned, altered, too large, or nonsense. */
export class Refusals {
  readonly #queue: string;
  #counted = 0;

  constructor(queue: string) {
    this.#queue = queue;
  }

  get counted(): number {
    return this.#counted;
  }

  count(what: 'call' | 'control' | 'message' | 'reply' | 'event'): void {
    this.#counted += 1;
    if (refused.hasSubscribers) refused.publish({ queue: this.#queue, what });
  }
}
