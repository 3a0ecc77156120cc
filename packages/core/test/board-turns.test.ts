// Both sides of the board, in one thread and in any order: whatever the workers and core do between each other's steps, each job begins once
// and in its turn, and what has ended is told. The turns begin where their numbers go round.
import { expect, test } from 'vitest';
import type { Outcome } from '../src/backend.js';
import { Board, type Taker } from '../src/engine/board.js';
import { Job, type JobOwner } from '../src/engine/job.js';
import { TaskQueue } from '../src/engine/task-queue.js';
import { BoardMemory, done, markOf, offered, taken } from '../src/link/board.js';

const owner: JobOwner = { cancelJob: () => false, look() {}, jobStarted() {}, jobSettled() {}, jobLeft() {} };
const none = Number.POSITIVE_INFINITY;

function job(id: number, priority: number): Job {
  return new Job(owner, id, { module: 'node:test', name: 'test' }, [id], {
    signals: [],
    timeout: none,
    runTimeout: none,
    priority,
    cancelGrace: 0,
    groups: [],
    highWaterMark: 1,
  });
}

function generator(seed: number): () => number {
  let state = seed * 1_000_003;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A worker that takes a step when it is told to, and what core has been told of it. */
class Seat implements Taker {
  readonly seat: number;
  readonly isBetweenCalls = false;
  readonly isHungry = false;
  readonly #board: BoardMemory;
  readonly #begun: (id: number) => void;
  readonly #ended: (id: number, value: unknown) => void;
  #held: { readonly place: number; readonly turn: number; readonly id: number } | undefined;
  #job: Job | undefined;

  constructor(board: Board, begun: (id: number) => void, ended: (id: number, value: unknown) => void) {
    this.#board = new BoardMemory(board.memory);
    this.seat = board.sit(this) ?? -1;
    this.#begun = begun;
    this.#ended = ended;
  }

  release(): boolean {
    return false;
  }

  parked(): void {}

  expectTaking(): void {}

  hearOutcome(): void {}

  begin(job: Job): void {
    expect(this.#job).toBe(undefined);
    this.#job = job;
    this.#begun(job.id);
  }

  ended(outcome: Outcome): void {
    expect(outcome.id).toBe(this.#job?.id);
    this.#job = undefined;
    this.#ended(outcome.id, 'value' in outcome && outcome.value);
  }

  /** Ends its call, or takes the next and gives its id. */
  step(): number | undefined {
    const board = this.#board;
    if (this.#held !== undefined) {
      const { place, turn, id } = this.#held;
      expect(board.writeResult(place, `result of ${id}`)).toBe(true);
      board.setMark(place, markOf(turn, this.seat, done));
      this.#held = undefined;
      return undefined;
    }
    for (let turn = board.head; ((board.tail - turn) | 0) > 0; turn = (turn + 1) | 0) {
      const place = board.placeOf(turn);
      const isTaken = board.exchange(place, markOf(turn, 0, offered), markOf(turn, this.seat, taken));
      board.passed(turn);
      if (!isTaken) continue;
      const id = board.id(place);
      expect(board.args(place)).toEqual([id]);
      this.#held = { place, turn, id };
      return id;
    }
    return undefined;
  }
}

const starts = [0, 2 ** 20 - 300, 2 ** 31 - 300, -(2 ** 31), -300, 2 ** 19];

test.each(starts)('with turns from %d on, jobs begin in their order, once, and end', (firstTurn) => {
  for (let seed = 1; seed <= 4; seed += 1) {
    const random = generator(seed);
    const board = new Board(firstTurn | 0);
    const queue = new TaskQueue();
    const [takenIds, begunIds, ended] = [[] as number[], [] as number[], new Map<number, unknown>()];
    const seats = Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () =>
        new Seat(
          board,
          (id) => begunIds.push(id),
          (id, value) => {
            expect(ended.has(id)).toBe(false);
            ended.set(id, value);
          },
        ),
    );
    /** What waits, in its order. */
    const waiting: Job[] = [];
    const handed: Job[] = [];
    const wait = (job: Job): void => {
      const after = waiting.findIndex(
        ({ id, priority }) => priority < job.priority || (priority === job.priority && id > job.id),
      );
      waiting.splice(after === -1 ? waiting.length : after, 0, job);
      queue.push(job);
    };
    const remove = (job: Job): boolean => {
      if (board.withdraw(job)) queue.remove(job);
      else board.collect();
      const place = waiting.indexOf(job);
      expect(place === -1).toBe(takenIds.includes(job.id));
      if (place >= 0) waiting.splice(place, 1);
      return place >= 0;
    };
    const step = (seat: Seat | undefined): void => {
      const id = seat?.step();
      if (id === undefined) return;
      expect(id).toBe(waiting.shift()?.id);
      takenIds.push(id);
    };
    for (let id = 1; id <= 1500; id += 1) {
      const many = random() < 0.01 ? 300 : random() * 2;
      for (let i = 0; i < many; i += 1) {
        wait(job(id, random() < 0.02 ? 1 : 0));
        id += 1;
      }
      board.fill(queue);
      for (let i = random() * 6; i > 0; i -= 1) step(seats[Math.floor(random() * seats.length)]);
      const some = random() < 0.1 ? waiting[Math.floor(random() * waiting.length)] : undefined;
      if (some !== undefined) remove(some);
      const [first] = waiting;
      if (first !== undefined && random() < 0.1 && remove(first)) handed.push(first);
      const late = random() < 0.05 ? handed.shift() : undefined;
      if (late !== undefined) wait(late);
      if (random() < 0.02) board.recall();
      board.fill(queue);
      if (random() < 0.3) board.collect();
      expect(queue.size - waiting.length).toBe(takenIds.length - begunIds.length);
    }
    while (queue.size > 0) {
      const { first } = queue;
      // One that came late is for core to hand over.
      if (first !== undefined && board.fill(queue) === false && first.place === undefined) remove(first);
      for (const seat of seats) step(seat);
      board.collect();
    }
    for (const seat of seats) {
      step(seat);
      board.collect();
    }
    expect(begunIds).toEqual(takenIds);
    expect(new Set(begunIds).size).toBe(begunIds.length);
    for (const id of begunIds) expect(ended.get(id)).toBe(`result of ${id}`);
    expect(ended.size).toBe(begunIds.length);
  }
});
