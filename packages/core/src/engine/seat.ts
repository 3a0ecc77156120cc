import type { BackendWorker, WorkerInit } from '../backend-types.js';
import { away, bellCell, enoughCell, lookCell, looking, parked } from '../cells.js';
import type { Board, Taker } from './board.js';

/** A worker's seat at the board: whether it takes calls from there by itself, which both sides know by the cells that they share. */
export class Seat {
  readonly #board: Board;
  readonly #number: number;
  readonly #cells: Int32Array;
  /** How many of the board's tasks the worker has been told. */
  #told = 0;
  #isLooking = false;
  /** Whether it was let look and has run nothing since: the next call is handed to it. */
  #inVain = false;
  /** How often it was found to look for a call still, and to have taken none since. */
  #patience = 0;

  constructor(board: Board, number: number, cells: Int32Array) {
    this.#board = board;
    this.#number = number;
    this.#cells = cells;
  }

  /** A seat for a worker; undefined where there is no board, or none is left. */
  static at(board: Board | undefined, cells: Int32Array | undefined, taker: Taker): Seat | undefined {
    if (board === undefined || cells === undefined) return undefined;
    const number = board.sit(taker);
    return number === undefined ? undefined : new Seat(board, number, cells);
  }

  /** What the worker is to know of it. */
  get init(): NonNullable<WorkerInit['board']> {
    return { memory: this.#board.memory, seat: this.#number };
  }

  /** Whether the worker takes calls from the board, or has yet to be let go after it stopped. */
  get isLooking(): boolean {
    return this.#isLooking;
  }

  /** Lets the worker take calls from the board; returns whether it does. */
  look(worker: BackendWorker): boolean {
    if (worker.look === undefined || this.#inVain) return false;
    this.#isLooking = true;
    this.#inVain = true;
    this.#patience = 0;
    Atomics.store(this.#cells, lookCell, looking);
    worker.look(this.#board.tasksFrom(this.#told));
    this.#told = this.#board.taskCount;
    return true;
  }

  /** The worker has got a call, wherever from. */
  called(): void {
    this.#inVain = false;
  }

  /** The worker has no call any more, and may look for the next one. */
  callEnded(): void {
    this.#patience = 0;
  }

  /** Whether the worker, if it looks and has no call, can be expected to take the next one. */
  get isExpected(): boolean {
    return this.#patience < 2;
  }

  /** To be called from time to time: a worker that looks and does not come to take a call is busy with what a task of its has left behind. */
  expectTaking(): void {
    this.#patience += 1;
  }

  /** Whether the worker has stopped looking: from now on it takes nothing by itself. {@link leftOff} is to follow. */
  release(): boolean {
    return this.#isLooking && Atomics.compareExchange(this.#cells, lookCell, parked, away) === parked;
  }

  /** The worker takes nothing any more, and waits to be handed a call or let look. */
  leftOff(): void {
    this.#isLooking = false;
  }

  /** Its ring has been heard; from now on, it rings again. */
  heard(): void {
    Atomics.store(this.#cells, bellCell, 0);
  }

  /** Whether the worker is to take calls after the one that it runs. */
  setEnough(isEnough: boolean): void {
    Atomics.store(this.#cells, enoughCell, isEnough ? 1 : 0);
  }

  /** Sees what the worker has taken and done, and all others. */
  collect(): void {
    this.#board.collect();
  }

  /** The worker is gone. */
  leave(): void {
    this.#board.leave(this.#number);
  }
}
