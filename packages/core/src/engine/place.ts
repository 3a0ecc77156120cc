import type { Future } from '../future.js';

/** Where the result of one item of a map is to be: in the order of the input, whichever way the item goes. */
export class Place {
  state: 'open' | 'fulfilled' | 'failed' = 'open';
  /** The result, or the reason of the failure. */
  outcome: unknown;
  /** The item's own Future, where it goes alone. */
  future: Future<unknown> | undefined;

  fulfil(value: unknown): void {
    this.state = 'fulfilled';
    this.outcome = value;
  }

  fail(reason: unknown): void {
    this.state = 'failed';
    this.outcome = reason;
  }
}
