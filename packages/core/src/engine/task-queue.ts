import { type HeapItem, IndexedHeap } from './indexed-heap.js';
import type { Job } from './job.js';

/** The queued jobs of one priority, linked in the order of submission. */
interface Lane extends HeapItem {
  readonly priority: number;
  first: Job | undefined;
  last: Job | undefined;
}

/**
 * The jobs that wait for a worker: the highest priority first, and within a priority the order of submission.
 *
 * A list per priority makes pushing, taking and removing O(1) where one priority is used, which is nearly always, and
 * O(log p) with p priorities in the queue at once.
 */
export class TaskQueue {
  readonly #lanes = new Map<number, Lane>();
  readonly #order = new IndexedHeap<Lane>((a, b) => a.priority > b.priority);
  /** The lane that was emptied last: where each task is waited for before the next, it is filled again at once. */
  #spare: Lane | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(job: Job): void {
    const lane = this.#laneOf(job);
    job.previous = lane.last;
    job.next = undefined;
    if (lane.last === undefined) lane.first = job;
    else lane.last.next = job;
    lane.last = job;
  }

  /** Puts a job back before all others of its priority. */
  unshift(job: Job): void {
    const lane = this.#laneOf(job);
    job.previous = undefined;
    job.next = lane.first;
    if (lane.first === undefined) lane.last = job;
    else lane.first.previous = job;
    lane.first = job;
  }

  #laneOf(job: Job): Lane {
    this.#size += 1;
    job.queued = true;
    const { priority } = job;
    let lane = this.#lanes.get(priority);
    if (lane === undefined) {
      lane = this.#spare?.priority === priority ? this.#spare : newLane(priority);
      this.#spare = undefined;
      this.#lanes.set(priority, lane);
      this.#order.push(lane);
    }
    return lane;
  }

  /** Takes the job that is to start next. */
  shift(): Job | undefined {
    const job = this.#order.first?.first;
    if (job !== undefined) this.remove(job);
    return job;
  }

  /** Removes a job, if it is in the queue. */
  remove(job: Job): void {
    const lane = this.#lanes.get(job.priority);
    if (lane === undefined || !job.queued) return;
    if (job.previous === undefined) lane.first = job.next;
    else job.previous.next = job.next;
    if (job.next === undefined) lane.last = job.previous;
    else job.next.previous = job.previous;
    job.previous = undefined;
    job.next = undefined;
    job.queued = false;
    this.#size -= 1;
    if (lane.first === undefined) {
      this.#lanes.delete(lane.priority);
      this.#order.remove(lane);
      this.#spare = lane;
    }
  }
}

function newLane(priority: number): Lane {
  return { priority, first: undefined, last: undefined, heapIndex: -1 };
}
