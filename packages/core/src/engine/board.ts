import {
  BoardMemory,
  type BoardTask,
  done,
  free,
  markOf,
  offered,
  places,
  seatOf,
  seats,
  stateOf,
} from '../link/board.js';
import { allArguments } from './hand-over.js';
import type { Job } from './job.js';
import { hasStackRoom } from './stack-room.js';
import type { TaskQueue } from './task-queue.js';
import type { WorkerSlot } from './worker-slot.js';

/** How many tasks are known by a number. */
const mostTasks = 256;
/** The length of a module's URL that may be one of theirs. */
const longestModule = 4096;

/** What the board knows of a worker. */
export type Taker = Pick<
  WorkerSlot,
  'isBetweenCalls' | 'isHungry' | 'expectTaking' | 'release' | 'parked' | 'begin' | 'hearOutcome' | 'ended'
>;

/**
 * Core's side of the board: the first jobs of the queue, where workers take them by themselves; see `link/board.ts`.
 *
 * A job on it is in the queue as well, and `queued` in every respect, until core has seen that a worker took it. Only calls of which
 * nothing can change meanwhile get there: arguments are read when their call begins (V8), so all of them are primitives.
 */
export class Board {
  readonly memory: SharedArrayBuffer;
  readonly #board: BoardMemory;
  /** What is in each place, and its turn. */
  readonly #jobs: (Job | undefined)[] = new Array<Job | undefined>(places).fill(undefined);
  readonly #turns = new Int32Array(places);
  readonly #free: number[] = Array.from({ length: places }, (_, i) => places - 1 - i);
  readonly #slots: (Taker | undefined)[] = [];
  /** Where the job is that a worker runs, by the worker's seat. */
  readonly #running: (number | undefined)[] = [];
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #tasks: BoardTask[] = [];
  /** The first turn that no worker is known to have taken, and the one that comes next. */
  #unseen: number;
  #tail: number;
  /** How many jobs are on the board that no worker is known to have taken, and the last of them. */
  #offered = 0;
  #last: Job | undefined;

  /** Turns are counted from any number on, for tests of what happens when they have gone round. */
  constructor(firstTurn = 0) {
    this.memory = BoardMemory.create(firstTurn);
    this.#board = new BoardMemory(this.memory);
    this.#unseen = firstTurn;
    this.#tail = firstTurn;
  }

  /** Gives a worker its seat; undefined where there is none left. */
  sit(slot: Taker): number | undefined {
    const empty = this.#slots.indexOf(undefined);
    const seat = empty === -1 ? this.#slots.length : empty;
    if (seat >= seats) return undefined;
    this.#slots[seat] = slot;
    this.#running[seat] = undefined;
    return seat;
  }

  /** The worker is gone; what it had done was collected before. */
  leave(seat: number): void {
    const place = this.#running[seat];
    this.#running[seat] = undefined;
    this.#slots[seat] = undefined;
    if (place !== undefined) this.#clear(place);
  }

  /** The tasks on the board from the given number on. */
  tasksFrom(number: number): readonly BoardTask[] {
    return number >= this.#tasks.length ? [] : this.#tasks.slice(number);
  }

  get taskCount(): number {
    return this.#tasks.length;
  }

  /** Puts as many jobs of the queue on the board as fit; returns whether there are any more there now. */
  fill(queue: TaskQueue): boolean {
    // Something has come that goes before what is there, or before a part of it.
    if (this.#offered > 0 && (queue.hasLate || queue.first?.place === undefined)) this.recall();
    let last = this.#last;
    const before = this.#offered;
    while (this.#free.length > 0 && ((this.#tail - this.#unseen) | 0) < places * 2) {
      const job = queue.following(last);
      if (job === undefined || job.place !== undefined || !this.#offer(job)) break;
      last = job;
    }
    this.#last = last;
    return this.#offered > before;
  }

  #offer(job: Job): boolean {
    if (!isPlain(job)) return false;
    const place = this.#free.at(-1);
    const number = this.#numberOf(job);
    if (place === undefined || number === undefined) return false;
    if (!this.#board.writeCall(place, job.id, number, allArguments(job))) return false;
    this.#free.pop();
    this.#jobs[place] = job;
    this.#turns[place] = this.#tail;
    job.place = place;
    this.#offered += 1;
    this.#board.publish(place, this.#tail);
    this.#tail = (this.#tail + 1) | 0;
    return true;
  }

  /** The number by which workers know a task. There are so many, and none for long ones, as each new worker is told of all. */
  #numberOf({ task: { module, name } }: Job): number | undefined {
    const known = this.#numbers.get(module)?.get(name);
    if (known !== undefined) return known;
    const number = this.#tasks.length;
    if (number >= mostTasks || module.length > longestModule) return undefined;
    const names = this.#numbers.get(module) ?? new Map<string, number>();
    this.#numbers.set(module, names.set(name, number));
    this.#tasks.push([number, module, name]);
    return number;
  }

  /** Takes a job off the board; returns false where a worker was first, as {@link collect} then shows. */
  withdraw(job: Job): boolean {
    const { place } = job;
    if (place === undefined) return true;
    if (!this.#board.exchange(place, markOf(this.#turns[place] ?? 0, 0, offered), free)) return false;
    this.#unoffer(job);
    this.#clear(place);
    return true;
  }

  /** Takes off all that no worker has taken. */
  recall(): void {
    let isLate = false;
    for (let turn = this.#unseen; turn !== this.#tail; turn = (turn + 1) | 0) {
      const job = this.#jobAt(turn);
      if (job !== undefined && !this.withdraw(job)) isLate = true;
    }
    if (isLate) this.collect();
  }

  /** How many workers look for a job and are not known to have one. */
  get between(): number {
    return this.#slots.filter((slot) => slot?.isBetweenCalls).length;
  }

  /** How many of those can be expected to take one of the jobs that wait. */
  get hungry(): number {
    let hungry = 0;
    for (const slot of this.#slots) if (slot?.isHungry) hungry += 1;
    return hungry;
  }

  /** To be called from time to time, while any are hungry. */
  expectTaking(): void {
    this.collect();
    for (const slot of this.#slots) slot?.expectTaking();
  }

  /** As {@link collect}, for somebody who may be deep in a recursion: what there is no room for is left for later. */
  look(): void {
    if (!this.#hasNews() || hasStackRoom()) this.collect();
  }

  /** Whether a worker has taken or done a job since. */
  #hasNews(): boolean {
    for (const place of this.#running)
      if (place !== undefined && stateOf(this.#board.mark(place)) === done) return true;
    for (let turn = this.#unseen; turn !== this.#tail; turn = (turn + 1) | 0) {
      const place = this.#jobAt(turn)?.place;
      if (place !== undefined) return stateOf(this.#board.mark(place)) !== offered;
    }
    return false;
  }

  /** Sees what workers have taken and done since: their jobs have begun, or ended. */
  collect(): void {
    // Before all that it looks at: from then on, such a worker takes nothing.
    const released = this.#slots.filter((slot) => slot?.release());
    for (const [seat, place] of this.#running.entries()) {
      if (place !== undefined && stateOf(this.#board.mark(place)) === done) this.#end(seat);
    }
    // In the order of the turns: what comes after one that is still there has not been taken either.
    while (this.#unseen !== this.#tail) {
      const turn = this.#unseen;
      const job = this.#jobAt(turn);
      const place = job?.place;
      if (job === undefined || place === undefined) {
        this.#unseen = (turn + 1) | 0;
        continue;
      }
      const mark = this.#board.mark(place);
      if (stateOf(mark) === offered) break;
      // The worker has gone on to this one. Whoever hears of the other's end may have this function called, and this one begun by it.
      this.#end(seatOf(mark));
      if (this.#jobAt(turn) === job) this.#begin(job, place, seatOf(mark));
    }
    for (const slot of released) slot?.parked();
  }

  #begin(job: Job, place: number, seat: number): void {
    this.#unseen = ((this.#turns[place] ?? 0) + 1) | 0;
    this.#unoffer(job);
    this.#running[seat] = place;
    job.queue?.remove(job);
    this.#slots[seat]?.begin(job, this.#board.startedAt(place));
    if (this.#running[seat] === place && stateOf(this.#board.mark(place)) === done) this.#end(seat);
  }

  /** The job that the worker ran from the board has ended. */
  #end(seat: number): void {
    const place = this.#running[seat];
    if (place === undefined) return;
    const job = this.#jobs[place];
    const slot = this.#slots[seat];
    const hasResult = this.#board.hasResult(place);
    if (job !== undefined) job.endedAt = Math.max(job.startedAt, this.#board.endedAt(place));
    // Among the messages can be one that has this called again, which then finds the job as it is here.
    if (!hasResult && job !== undefined) slot?.hearOutcome(job);
    // By the job, not by the place: that may be another call's by now, and even this worker's.
    if (this.#running[seat] !== place || this.#jobs[place] !== job) return;
    const value = hasResult ? this.#board.result(place) : undefined;
    this.#running[seat] = undefined;
    this.#clear(place);
    if (hasResult && job !== undefined) slot?.ended({ id: job.id, sent: 0, value });
  }

  #jobAt(turn: number): Job | undefined {
    const place = this.#board.placeOf(turn);
    const job = this.#jobs[place];
    return job?.place === place && this.#turns[place] === turn ? job : undefined;
  }

  /** It is not on the board any more, as one that waits. */
  #unoffer(job: Job): void {
    this.#offered -= 1;
    job.place = undefined;
    if (job !== this.#last) return;
    // What was put there before it is still there, or all has gone.
    this.#last = job.previous?.place === undefined ? undefined : job.previous;
  }

  #clear(place: number): void {
    this.#jobs[place] = undefined;
    this.#board.setMark(place, free);
    this.#free.push(place);
  }
}

/** Whether there is nothing about a job but its task and arguments. One under a limit can be outranked by one that is not in the queue. */
function isPlain({ options, context }: Job): boolean {
  const { runTimeout, items, chunk, limit, passage } = options;
  return (
    context === undefined &&
    runTimeout === Number.POSITIVE_INFINITY &&
    items === undefined &&
    chunk === undefined &&
    limit === undefined &&
    passage === undefined
  );
}
