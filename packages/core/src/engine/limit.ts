import type { Job } from './job.js';
import { TaskQueue } from './task-queue.js';

/**
 * A bound on how many jobs of one view are with the executor at once, be it in its queue or in a worker. The others wait here, where
 * they make no worker start that they could not use.
 */
export class Limit {
  readonly name: string | undefined;
  readonly maxConcurrent: number;
  /** The jobs that wait for a place. */
  readonly parked: TaskQueue = new TaskQueue();
  /** Those that have one. */
  readonly #admitted = new Set<Job>();
  /** The priority of the last job, and whether there was one of another: else nobody can outrank anybody. */
  #priority: number | undefined;
  #hasPriorities = false;

  constructor(maxConcurrent: number, name: string | undefined) {
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
    this.#hasPriorities ||= this.#priority !== undefined && this.#priority !== job.priority;
    this.#priority = job.priority;
    if (!this.isFull) {
      this.#admit(job, queue);
      return;
    }
    const outranked = this.#hasPriorities ? this.#leastOf(queue, job.priority) : undefined;
    if (outranked !== undefined) {
      queue.remove(outranked);
      this.#admitted.delete(outranked);
      this.#admit(job, queue);
    }
    this.parked.push(outranked ?? job);
  }

  /** A job is over, and out of its worker: the next one takes its place. Those that never had a place leave none. */
  left(job: Job, queue: TaskQueue): void {
    if (!this.#admitted.delete(job)) return;
    const next = this.parked.shift();
    if (next !== undefined) this.#admit(next, queue);
  }

  #admit(job: Job, queue: TaskQueue): void {
    this.#admitted.add(job);
    queue.push(job);
  }

  /** The one that is to start last, of those that have a place, have not started, and are of a lower priority (S7). */
  #leastOf(queue: TaskQueue, priority: number): Job | undefined {
    let least: Job | undefined;
    for (const job of this.#admitted) {
      if (job.queue !== queue || job.priority >= priority) continue;
      if (
        least === undefined ||
        job.priority < least.priority ||
        (job.priority === least.priority && job.id > least.id)
      )
        least = job;
    }
    return least;
  }
}
