import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import type { Call, Outcome } from '../backend-types.js';
import { bellCell, enoughCell, lookCell, looking, parked } from '../cells.js';
import { type BoardMemory, type BoardTask, done, markOf, offered, taken } from '../link/board.js';
import { now, queueMicrotask, setImmediate } from '../timers.js';
import { isPrimitive } from '../values/primitive.js';
import { isImported, type TaskTarget } from './load-module.js';
import { isPrinting } from './printed.js';
import { replyLater } from './replies.js';

/** ms after which the event loop gets its turn, however many calls there still are. */
const turnLength = 1;

/** What a worker needs to run calls from the board. */
export interface BoardCallsOptions {
  readonly board: BoardMemory;
  readonly seat: number;
  readonly cells: Int32Array;
  serve(call: Call, target: TaskTarget): Outcome | Promise<Outcome>;
  /** Sends an outcome that has no room on the board. */
  reply(outcome: Outcome): void;
  ring(): void;
}

/** The calls that this worker takes from the board. */
export class BoardCalls {
  readonly #board: BoardMemory;
  readonly #seat: number;
  readonly #cells: Int32Array;
  readonly #options: BoardCallsOptions;
  readonly #tasks: TaskTarget[] = [];
  /** The turn of the call that runs. */
  #turn = 0;
  /** When the event loop is to get its turn. */
  #yieldAt = 0;
  /** Else a call would begin in the async context that the one before it has left. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #step = (): void => this.#outside(() => this.#next());
  readonly #lookAgain = (): void => this.#outside(() => this.look());

  constructor(options: BoardCallsOptions) {
    this.#board = options.board;
    this.#seat = options.seat;
    this.#cells = options.cells;
    this.#options = options;
  }

  /** Runs calls until there is none that this worker can run; core has marked it as looking. */
  look(news: readonly BoardTask[] = []): void {
    for (const [number, module, name] of news) this.#tasks[number] = { module, name };
    this.#yieldAt = now() + turnLength;
    this.#next();
  }

  #next(): void {
    const place = this.#claim();
    if (place !== undefined) this.#board.start(place);
    // That it has begun is told before it runs: nobody knows how long that takes.
    this.#ring();
    if (place === undefined) return;
    const target = this.#targetOf(place);
    if (target === undefined) throw new Error('The worker took a call whose task it was never told.');
    const { module, name } = target;
    const call = { id: this.#board.id(place), module, name, args: this.#board.args(place) };
    const outcome = this.#options.serve(call, target);
    if (types.isPromise(outcome) || isPrinting()) void replyLater(outcome, (ended) => this.#finish(place, ended));
    else this.#finish(place, outcome);
  }

  /** Takes a call, or parks. */
  #claim(): number | undefined {
    for (;;) {
      const place = this.#take();
      if (place !== undefined) return place;
      Atomics.store(this.#cells, lookCell, parked);
      // What core put there before it could see that this worker has stopped must not be left there.
      if (this.#first() === undefined) return undefined;
      if (Atomics.compareExchange(this.#cells, lookCell, parked, looking) !== parked) return undefined;
    }
  }

  #take(): number | undefined {
    for (let turn = this.#first(); turn !== undefined; turn = this.#first()) {
      const place = this.#board.placeOf(turn);
      if (!this.#board.exchange(place, markOf(turn, 0, offered), markOf(turn, this.#seat, taken))) continue;
      this.#board.passed(turn);
      this.#turn = turn;
      return place;
    }
    return undefined;
  }

  /** The turn of the first call that is left, if it is one that this worker can run. */
  #first(): number | undefined {
    const board = this.#board;
    if (Atomics.load(this.#cells, enoughCell) !== 0) return undefined;
    for (let turn = board.head; ((board.tail - turn) | 0) > 0; turn = (turn + 1) | 0) {
      const place = board.placeOf(turn);
      const mark = markOf(turn, 0, offered);
      if (board.mark(place) === mark) {
        const isReady = this.#isReady(place);
        // What was read may be of the call that came to this place next.
        if (board.mark(place) === mark) return isReady ? turn : undefined;
      }
      board.passed(turn);
    }
    return undefined;
  }

  /** Whether the task's module is there: an import may take any time, which core bounds for calls that it hands over. */
  #isReady(place: number): boolean {
    const target = this.#targetOf(place);
    return target !== undefined && isImported(target);
  }

  #targetOf(place: number): TaskTarget | undefined {
    return this.#tasks[this.#board.task(place)];
  }

  #finish(place: number, outcome: Outcome): void {
    const board = this.#board;
    const endedAt = board.end(place);
    if (!isSmall(outcome) || !board.writeResult(place, outcome.value)) {
      this.#options.reply(outcome);
      board.writeNoResult(place);
    }
    board.setMark(place, markOf(this.#turn, this.#seat, done));
    // Before anything that the task has left behind, which may never end.
    this.#ring();
    // What the task has left to be done at once is done before the next one begins.
    if (endedAt < this.#yieldAt) queueMicrotask(this.#step);
    else setImmediate(this.#lookAgain);
  }

  #ring(): void {
    if (Atomics.compareExchange(this.#cells, bellCell, 0, 1) === 0) this.#options.ring();
  }
}

function isSmall(outcome: Outcome): outcome is Outcome & { readonly value: unknown } {
  return outcome.sent === 0 && 'value' in outcome && outcome.patches === undefined && isPrimitive(outcome.value);
}
