import { type HeapItem, IndexedHeap } from './indexed-heap.js';
import type { Job } from './job.js';
import { type Tally, TaskQueue } from './task-queue.js';

/** A job that has a place. */
interface Admitted extends HeapItem {
  readonly job: Job;
}

/**
 * A bound on how many jobs of one view are with the executor at once, be it in its queue or in a worker. The others wait here, where
 * they make no worker start that they could not use.
 */
export class Limit {
  readonly name: string | undefined;
  readonly maxConcurrent: number;
  /** The jobs that wait for a place. */
  readonly parked: TaskQueue;
  /** Those that have one. */
  readonly #admitted = new Map<Job, Admitted>();
  /** The priority of the last job. */
  #priority: number | undefined;
  /** Those that can be outranked, and some that have started: the one first that is to start last. Made when there is a second priority. */
  #lowest: IndexedHeap<Admitted> | undefined;

  /** `parked` counts those that wait for a place, under all limits of the executor. */
  constructor(maxConcurrent: number, name: string | undefined, parked: Tally) {
    this.parked = new TaskQueue(parked);
    this.maxConcurrent = maxConcurrent;
    this.name = name;
  }

  get admitted(): number {
    return this.#admitted.size;
  }

  /** Whether the next job is to wait here. */
  get isFull(): boolean {
    return this.#admitted.size >= this.maxConcurrent;
  }

  /** Puts a job into the executor's queue, or keeps it. */
  push(job: Job, queue: TaskQueue): void {
    if (this.#priority !== undefined && this.#priority !== job.priority) this.#lowest ??= this.#inOrder();
    this.#priority = job.priority;
    if (!this.isFull) {
      this.#admit(job, queue);
      return;
    }
    const outranked = this.#outrankedBy(job, queue);
    if (outranked !== undefined) {
      queue.remove(outranked);
      this.#dismiss(outranked);
      this.#admit(job, queue);
    }
    this.parked.push(outranked ?? job);
  }

  /** A job is over, and out of its worker: the next one takes its place. Those that never had a place leave none. */
  left(job: Job, queue: TaskQueue): void {
    if (!this.#dismiss(job)) return;
    const next = this.parked.shift();
    if (next !== undefined) this.#admit(next, queue);
  }

  #admit(job: Job, queue: TaskQueue): void {
    const admitted = { job, heapIndex: -1 };
    this.#admitted.set(job, admitted);
    this.#lowest?.push(admitted);
    queue.push(job);
  }

  #dismiss(job: Job): boolean {
    const admitted = this.#admitted.get(job);
    if (admitted !== undefined) this.#lowest?.remove(admitted);
    return this.#admitted.delete(job);
  }

  #inOrder(): IndexedHeap<Admitted> {
    const heap = new IndexedHeap<Admitted>(({ job: a }, { job: b }) =>
      a.priority === b.priority ? a.id > b.id : a.priority < b.priority,
    );
    for (const admitted of this.#admitted.values()) heap.push(admitted);
    return heap;
  }

  /** The one that is to start last, of those that have a place, have not started, and are of a lower priority (S7). */
  #outrankedBy({ priority }: Job, queue: TaskQueue): Job | undefined {
    for (let lowest = this.#lowest?.first; lowest !== undefined; lowest = this.#lowest?.first) {
      const { job } = lowest;
      if (job.priority >= priority) return undefined;
      if (job.queue === queue) return job;
      this.#lowest?.remove(lowest);
    }
    return undefined;
  }
}
