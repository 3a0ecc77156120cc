/** How many items of a map go to a worker in one call. */
export interface ChunkSize {
  /** As many, at most. */
  readonly items: number;
  /** ms after which a worker gives back the items that it has not begun; undefined: it runs all of them. */
  readonly budget: number | undefined;
  /** A call's items took so many ms in their worker. */
  measured(items: number, time: number): void;
}

/** As many as the caller says. */
export function fixedSize(items: number): ChunkSize {
  return { items, budget: undefined, measured() {} };
}

/**
 * ms of work that a call is to have. To send a call and take its reply costs some 20 to 100 µs, of which the caller's thread has the
 * larger part: more work for each call would save next to nothing, and cost spread and promptness.
 */
const aim = 1.5;
/** ms of work after which a call ends in any case: the items were thought to be faster than they are. */
const budget = 4;
/** For items so fast that their number is all that counts. */
const mostItems = 1024;
/** How much the last call counts against those before it. A slower one counts more: to send too few costs less than to send too many. */
const [weight, weightOfSlower] = [0.25, 0.5];

/** As many as the time that they take suggests: one at a time at first, and always where an item takes about a ms. */
export class MeasuredSize implements ChunkSize {
  readonly budget: number = budget;
  items = 1;
  /** ms for each item, as of late. */
  #each: number | undefined;

  measured(items: number, time: number): void {
    const each = time / items;
    const before = this.#each ?? each;
    this.#each = before + (each - before) * (each > before ? weightOfSlower : weight);
    const wanted = Math.max(1, Math.min(mostItems, Math.floor(aim / this.#each)));
    // Grows with what was seen to be so, and not with each of the many small calls that are on their way.
    this.items = Math.min(wanted, Math.max(this.items, 2 * items));
  }
}
