import { QueueFullError } from '../errors.js';
import type { Backlog } from './backlog.js';
import type { Job, JobOptions } from './job.js';
import type { Settings } from './settings.js';
import type { Workforce } from './workforce.js';

/** How much more an executor takes: by the places of its queue, and by its workers for what does not wait (Q1). */
export class Room {
  readonly #backlog: Backlog;
  readonly #workforce: Workforce;
  readonly #settings: Settings;

  constructor(backlog: Backlog, workforce: Workforce, settings: Settings) {
    this.#backlog = backlog;
    this.#workforce = workforce;
    this.#settings = settings;
  }

  /** Whether there is an end to it: a `maxQueue`. */
  get isBounded(): boolean {
    return this.#settings.maxQueue !== Number.POSITIVE_INFINITY;
  }

  /** How many places of the queue are free, and how many workers there are, or still can be, that nothing waits for. */
  get #free(): { readonly places: number; readonly workers: number } {
    const { maxQueue, maxWorkers } = this.#settings;
    const { parked, queued } = this.#backlog;
    const workers = maxWorkers - this.#workforce.busy;
    return { places: maxQueue - parked - Math.max(0, queued - workers), workers: Math.max(0, workers - queued) };
  }

  /**
   * How many jobs of those who wait with `ready()`. What they submit may have to wait under its limit, where no free worker is of use to
   * it: so a free worker counts only beside a place, unless there never is one.
   */
  get forWaiters(): number {
    const { places, workers } = this.#free;
    return places > 0 || this.#settings.maxQueue === 0 ? Math.max(0, places) + workers : 0;
  }

  /** How many jobs such as this one: one that is to wait under its limit has nothing of a free worker, and takes nothing from it. */
  for({ options: { limit } }: Job): number {
    const { places, workers } = this.#free;
    return limit?.isFull ? places : Math.max(0, places) + workers;
  }

  /** How many jobs with such options there can be at once. */
  capacityFor({ limit }: JobOptions): number {
    const { maxQueue, maxWorkers } = this.#settings;
    return maxQueue + Math.min(maxWorkers, limit?.maxConcurrent ?? maxWorkers);
  }

  /** What is told where there is none. */
  refusal(): QueueFullError {
    const { name, maxQueue } = this.#settings;
    return new QueueFullError(
      `'${name}' has ${maxQueue} tasks waiting already (maxQueue); await ready() before each submit, or submit fewer at once.`,
      { maxQueue },
    );
  }
}
