import { now } from '../timers.js';

/**
 * The board: the next calls of the queue, in memory that core shares with all workers of an executor. A worker that is done with a call
 * takes the first one that is left, by itself, so that no message has to go there and back in between.
 *
 * Core writes calls in the order in which they are to start; a worker takes one by a compare-and-exchange of its mark, and core takes
 * one back by another. So there is one who has it, and both sides know who: a call that is cancelled, outranked or left by a worker that
 * died has either begun or has not, without a message to wait for (S8, W3a).
 *
 * The result goes the same way back, if it is small; then the worker rings, unless core has not answered the last ring yet.
 */

/** How many calls can be on the board or be run from it. */
export const places = 256;
/** How many workers can share a board: a mark has room for no more. */
export const seats = 1024;

// In 32-bit words: where the next call goes, where the first may be that is left, the ring of places in the order of their calls, the places.
const tailWord = 0;
const headWord = 1;
const ringStart = 2;
const ringMask = places * 2 - 1;
const placesStart = 1024;
const placeWords = 64;
// Of a place: its mark, the task's number, the id in two words, start and end, how many arguments there are, and those, or the result.
const taskWord = 1;
const idWord = 2;
const startWord = 4;
const endWord = 5;
const countWord = 6;
const valuesStart = 7;

export const free = 0;
export const offered = 1;
export const taken = 2;
export const done = 3;

/** The number of a call in the order of the board has 20 bits in a mark, so that none is taken for the one that had its place before. */
export function markOf(turn: number, seat: number, state: number): number {
  return (turn << 12) | (seat << 2) | state;
}

export function stateOf(mark: number): number {
  return mark & 3;
}

export function seatOf(mark: number): number {
  return (mark >>> 2) & (seats - 1);
}

/** A task, as calls on a board name it. */
export type BoardTask = readonly [number: number, module: string, name: string];

/** What performance.now() lacks of a clock that is the same in all threads: it begins anew in each. Of several looks, the one with the least between. */
const clockOffset = Array.from({ length: 5 }, () => {
  const before = now();
  const shared = Number(process.hrtime.bigint()) / 1e6;
  const after = now();
  return { gap: after - before, offset: shared - (before + after) / 2 };
}).reduce((best, look) => (look.gap < best.gap ? look : best)).offset;

/** A time on that clock in one word, which cannot be read half written: microseconds, which go round in an hour. */
function stampOf(at: number): number {
  return Math.trunc((at + clockOffset) * 1000) | 0;
}

const numbers = new Float64Array(1);
const words = new Int32Array(numbers.buffer);

/** A board as either side sees it. */
export class BoardMemory {
  static create(firstTurn = 0): SharedArrayBuffer {
    const memory = new SharedArrayBuffer((placesStart + places * placeWords) * Int32Array.BYTES_PER_ELEMENT);
    const all = new Int32Array(memory);
    all[tailWord] = firstTurn;
    all[headWord] = firstTurn;
    return memory;
  }

  readonly #words: Int32Array;
  readonly #units: Uint16Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#units = new Uint16Array(memory);
  }

  /** The turn that comes next. Turns are numbers of 32 bits, which go round. */
  get tail(): number {
    return Atomics.load(this.#words, tailWord);
  }

  /** A turn before which no call is left. */
  get head(): number {
    return Atomics.load(this.#words, headWord);
  }

  passed(turn: number): void {
    Atomics.compareExchange(this.#words, headWord, turn, (turn + 1) | 0);
  }

  placeOf(turn: number): number {
    return Atomics.load(this.#words, ringStart + (turn & ringMask));
  }

  mark(place: number): number {
    return Atomics.load(this.#words, wordOf(place));
  }

  setMark(place: number, mark: number): void {
    Atomics.store(this.#words, wordOf(place), mark);
  }

  /** Changes a mark from one to another, and returns whether it was the one. */
  exchange(place: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#words, wordOf(place), from, to) === from;
  }

  /** Whether a place has room for the arguments: they are few, small and nothing but primitives. If so, the call is there. */
  writeCall(place: number, id: number, task: number, args: readonly unknown[]): boolean {
    const start = wordOf(place);
    let at = start + valuesStart;
    for (const arg of args) {
      at = this.#write(at, start + placeWords, arg);
      if (at < 0) return false;
    }
    this.#words[start + taskWord] = task;
    this.#words[start + countWord] = args.length;
    this.#words[start + startWord] = 0;
    this.#writeNumber(start + idWord, id);
    return true;
  }

  /** Puts a written call on the board, for anyone to take. */
  publish(place: number, turn: number): void {
    Atomics.store(this.#words, ringStart + (turn & ringMask), place);
    this.setMark(place, markOf(turn, 0, offered));
    Atomics.store(this.#words, tailWord, (turn + 1) | 0);
  }

  task(place: number): number {
    return this.#words[wordOf(place) + taskWord] ?? 0;
  }

  id(place: number): number {
    return this.#readNumber(wordOf(place) + idWord);
  }

  /** Notes that the call begins now. */
  start(place: number): void {
    Atomics.store(this.#words, wordOf(place) + startWord, stampOf(now()) || 1);
  }

  /** Notes that the call ends now; returns this thread's `performance.now()`. */
  end(place: number): number {
    const at = now();
    Atomics.store(this.#words, wordOf(place) + endWord, stampOf(at));
    return at;
  }

  /** When the call began, as `performance.now()` has it in this thread: now, where its worker has not come to note it. */
  startedAt(place: number): number {
    const stamp = Atomics.load(this.#words, wordOf(place) + startWord);
    return stamp === 0 ? now() : timeOf(stamp);
  }

  /** When the call that is done ended. */
  endedAt(place: number): number {
    return timeOf(Atomics.load(this.#words, wordOf(place) + endWord));
  }

  args(place: number): unknown[] {
    const start = wordOf(place);
    const count = this.#words[start + countWord] ?? 0;
    const args: unknown[] = [];
    let at = start + valuesStart;
    for (let i = 0; i < count; i += 1) {
      args.push(this.#read(at));
      at = this.#after(at);
    }
    return args;
  }

  /** Whether the place has room for the result. If so, it is there. */
  writeResult(place: number, value: unknown): boolean {
    const start = wordOf(place);
    const fits = this.#write(start + valuesStart, start + placeWords, value) >= 0;
    this.#words[start + countWord] = fits ? 1 : 0;
    return fits;
  }

  /** Says that the outcome comes as a message. */
  writeNoResult(place: number): void {
    this.#words[wordOf(place) + countWord] = 0;
  }

  hasResult(place: number): boolean {
    return this.#words[wordOf(place) + countWord] === 1;
  }

  result(place: number): unknown {
    return this.#read(wordOf(place) + valuesStart);
  }

  /** Returns the word after the value, or -1 where it is none that fits in. */
  #write(at: number, end: number, value: unknown): number {
    const all = this.#words;
    if (at + 3 > end) return -1;
    if (typeof value === 'number') {
      all[at] = 4;
      this.#writeNumber(at + 1, value);
      return at + 3;
    }
    if (typeof value === 'string') return this.#writeText(at, end, value);
    if (value === undefined) all[at] = 0;
    else if (value === null) all[at] = 1;
    else if (value === false) all[at] = 2;
    else if (value === true) all[at] = 3;
    else return -1;
    return at + 1;
  }

  #writeText(at: number, end: number, text: string): number {
    const after = at + 2 + ((text.length + 1) >> 1);
    if (after > end) return -1;
    this.#words[at] = 5;
    this.#words[at + 1] = text.length;
    const first = (at + 2) * 2;
    for (let i = 0; i < text.length; i += 1) this.#units[first + i] = text.charCodeAt(i);
    return after;
  }

  #read(at: number): unknown {
    const all = this.#words;
    switch (all[at]) {
      case 1:
        return null;
      case 2:
        return false;
      case 3:
        return true;
      case 4:
        return this.#readNumber(at + 1);
      case 5: {
        const first = (at + 2) * 2;
        return String.fromCharCode(...this.#units.subarray(first, first + (all[at + 1] ?? 0)));
      }
      default:
        return undefined;
    }
  }

  #writeNumber(at: number, value: number): void {
    numbers[0] = value;
    this.#words[at] = words[0] ?? 0;
    this.#words[at + 1] = words[1] ?? 0;
  }

  #readNumber(at: number): number {
    words[0] = this.#words[at] ?? 0;
    words[1] = this.#words[at + 1] ?? 0;
    return numbers[0] ?? 0;
  }

  #after(at: number): number {
    const all = this.#words;
    if (all[at] === 4) return at + 3;
    return all[at] === 5 ? at + 2 + (((all[at + 1] ?? 0) + 1) >> 1) : at + 1;
  }
}

function timeOf(stamp: number): number {
  const at = now();
  return at - Math.max(0, (stampOf(at) - stamp) | 0) / 1000;
}

function wordOf(place: number): number {
  return placesStart + place * placeWords;
}
