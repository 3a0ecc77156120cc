import type { LimitStats } from '../executor.js';
import type { Job } from './job.js';
import { Limit } from './limit.js';
import { type Tally, TaskQueue } from './task-queue.js';

/** All that waits: in the queue for a worker, and under a limit for its turn in the queue. */
export class Backlog {
  /** Those that wait for a worker. */
  readonly queue: TaskQueue = new TaskQueue();
  /** Those that have jobs. */
  readonly #limits = new Set<Limit>();
  readonly #parked: Tally = { jobs: 0 };
  /** The unsettled jobs that stand for several items of a map. */
  readonly #chunks = new Set<Job>();

  /** How many jobs wait for a worker. */
  get queued(): number {
    return this.queue.size;
  }

  /** How many jobs wait under a limit. */
  get parked(): number {
    return this.#parked.jobs;
  }

  /** How many tasks wait: of a chunk, its items. */
  get tasks(): number {
    let tasks = this.queued + this.parked;
    for (const { queue, count } of this.#chunks) if (queue !== undefined) tasks += count.items - count.completed - 1;
    return tasks;
  }

  get limits(): LimitStats[] {
    return [...this.#limits].map(({ name, maxConcurrent, admitted, parked }) => ({
      ...(name !== undefined && { name }),
      maxConcurrent,
      admitted,
      parked: parked.size,
    }));
  }

  limit(maxConcurrent: number, name: string | undefined): Limit {
    return new Limit(maxConcurrent, name, this.#parked);
  }

  push(job: Job): void {
    const { chunk, limit } = job.options;
    if (chunk !== undefined) this.#chunks.add(job);
    if (limit === undefined) {
      this.queue.push(job);
      return;
    }
    this.#limits.add(limit);
    limit.push(job, this.queue);
  }

  /** Puts back what has its place under its limit already. */
  putBack(job: Job): void {
    this.queue.push(job);
  }

  /** Takes the job that is to start next. */
  shift(): Job | undefined {
    return this.queue.shift();
  }

  /** The job that has waited longest for a worker. */
  oldest(): Job | undefined {
    return this.queue.oldest();
  }

  /** A job is settled and in no worker any more: under its limit, the next one comes up. */
  left(job: Job): void {
    const { chunk, limit } = job.options;
    if (chunk !== undefined) this.#chunks.delete(job);
    if (limit === undefined) return;
    limit.left(job, this.queue);
    if (limit.admitted === 0) this.#limits.delete(limit);
  }

  /** Takes a job that waits under a limit. */
  shiftParked(): Job | undefined {
    for (const { parked } of this.#limits) {
      const job = parked.shift();
      if (job !== undefined) return job;
    }
    return undefined;
  }
}
