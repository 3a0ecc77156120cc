import { type HeapItem, IndexedHeap } from './indexed-heap.js';
import type { Job } from './job.js';

/** The queued jobs of one priority. */
interface Lane extends HeapItem {
  readonly priority: number;
  /** Those that came in the order of submission, linked: nearly all. */
  first: Job | undefined;
  last: Job | undefined;
  /** Those that came after a later one: given back by a worker that died, or held up by a limit. */
  late: IndexedHeap<Job> | undefined;
}

/** How many jobs are in several queues together. */
export interface Tally {
  jobs: number;
}

/**
 * The jobs that wait for a worker: the highest priority first, and within a priority the order of submission.
 *
 * A list per priority makes pushing, taking and removing O(1) where one priority is used, which is nearly always, and
 * O(log p) with p priorities in the queue at once. Only jobs that come late cost O(log n).
 */
export class TaskQueue {
  readonly #lanes = new Map<number, Lane>();
  readonly #order = new IndexedHeap<Lane>((a, b) => a.priority > b.priority);
  /** The lane that was emptied last, which stays where it is: where each task is waited for before the next, it is filled again at once. */
  #resting: Lane | undefined;
  readonly #tally: Tally | undefined;
  #size = 0;

  constructor(tally?: Tally) {
    this.#tally = tally;
  }

  get size(): number {
    return this.#size;
  }

  push(job: Job): void {
    const lane = this.#laneOf(job.priority);
    this.#size += 1;
    if (this.#tally !== undefined) this.#tally.jobs += 1;
    job.queue = this;
    if (lane.last !== undefined && lane.last.id > job.id) {
      lane.late ??= new IndexedHeap<Job>((a, b) => a.id < b.id);
      lane.late.push(job);
      return;
    }
    job.previous = lane.last;
    job.next = undefined;
    if (lane.last === undefined) lane.first = job;
    else lane.last.next = job;
    lane.last = job;
  }

  #laneOf(priority: number): Lane {
    const resting = this.#resting;
    this.#resting = undefined;
    if (resting?.priority === priority) return resting;
    if (resting !== undefined) this.#drop(resting);
    let lane = this.#lanes.get(priority);
    if (lane === undefined) {
      lane = newLane(priority);
      this.#lanes.set(priority, lane);
      this.#order.push(lane);
    }
    return lane;
  }

  /** The job that is to start next. */
  get first(): Job | undefined {
    const lane = this.#order.first;
    return lane && firstOf(lane);
  }

  /**
   * The job that is to start after this one, which is of the highest priority, or first; undefined if there is none of that priority, or
   * some came late, so that a list does not tell.
   */
  following(job: Job | undefined): Job | undefined {
    const lane = this.#order.first;
    if (lane === undefined || lane.late?.first !== undefined) return undefined;
    return job === undefined ? lane.first : job.next;
  }

  /** Whether among those of the highest priority are some that came late. */
  get hasLate(): boolean {
    return this.#order.first?.late?.first !== undefined;
  }

  /** Takes the job that is to start next. */
  shift(): Job | undefined {
    const job = this.first;
    if (job !== undefined) this.remove(job);
    return job;
  }

  /** The job that has waited longest; one of a lower priority may have waited longer than the next. */
  oldest(): Job | undefined {
    let oldest: Job | undefined;
    for (const lane of this.#lanes.values()) {
      const job = firstOf(lane);
      if (job !== undefined && (oldest === undefined || job.id < oldest.id)) oldest = job;
    }
    return oldest;
  }

  /** Removes a job, if it is in this queue. */
  remove(job: Job): void {
    const lane = this.#lanes.get(job.priority);
    if (lane === undefined || job.queue !== this) return;
    if (job.heapIndex >= 0) lane.late?.remove(job);
    else {
      if (job.previous === undefined) lane.first = job.next;
      else job.previous.next = job.next;
      if (job.next === undefined) lane.last = job.previous;
      else job.next.previous = job.previous;
      job.previous = undefined;
      job.next = undefined;
    }
    job.queue = undefined;
    this.#size -= 1;
    if (this.#tally !== undefined) this.#tally.jobs -= 1;
    if (lane.first !== undefined || lane.late?.first !== undefined) return;
    if (this.#size === 0) this.#resting = lane;
    else this.#drop(lane);
  }

  #drop(lane: Lane): void {
    this.#lanes.delete(lane.priority);
    this.#order.remove(lane);
  }
}

function newLane(priority: number): Lane {
  return { priority, first: undefined, last: undefined, late: undefined, heapIndex: -1 };
}

function firstOf({ first, late }: Lane): Job | undefined {
  const other = late?.first;
  if (first === undefined || other === undefined) return first ?? other;
  return first.id < other.id ? first : other;
}
