import type { ActiveTask } from '../executor.js';
import { now } from '../timers.js';
import { type Deadline, deadlines } from './deadlines.js';
import type { Job } from './job.js';

/** What is looked at to tell whether tasks starve. */
export interface Larder {
  readonly name: string;
  /** The job that has waited longest for a worker. */
  oldest(): Job | undefined;
  readonly waiting: number;
  readonly isFullyBusy: boolean;
  readonly active: readonly ActiveTask[];
}

/**
 * Warns, once for an executor, when a task has waited for longer than `threshold` ms while every worker was busy (D5): whoever shares a
 * pool wants to know who fills it.
 *
 * One look at the queue in each threshold, not a timer for each task.
 */
export class Starvation {
  readonly #larder: Larder;
  readonly #threshold: number;
  #look: Deadline | undefined;
  #isLooking = false;
  #hasWarned: boolean;

  constructor(larder: Larder, threshold: number) {
    this.#larder = larder;
    this.#threshold = threshold;
    this.#hasWarned = threshold === Number.POSITIVE_INFINITY;
  }

  /** To be called when jobs wait. */
  watch(): void {
    if (this.#look !== undefined) return;
    const oldest = this.#oldest();
    if (oldest !== undefined) this.#lookIn(oldest.submittedAt + this.#threshold - now());
  }

  /** Looks no more. */
  close(): void {
    this.#hasWarned = true;
    deadlines.remove(this.#look);
    this.#look = undefined;
  }

  // Looking moves the queue along, which asks for it to be watched: that is what is being done.
  #oldest(): Job | undefined {
    if (this.#isLooking || this.#hasWarned) return undefined;
    this.#isLooking = true;
    const oldest = this.#larder.oldest();
    this.#isLooking = false;
    return this.#hasWarned ? undefined : oldest;
  }

  #lookIn(delay: number): void {
    this.#look = deadlines.add(delay, () => {
      this.#look = undefined;
      const oldest = this.#oldest();
      if (oldest === undefined) return;
      const waited = now() - oldest.submittedAt;
      if (waited < this.#threshold) this.#lookIn(this.#threshold - waited);
      // Workers that are still to start will help, and nobody is to blame for that.
      else if (!this.#larder.isFullyBusy) this.#lookIn(this.#threshold);
      else this.#warn(waited);
    });
  }

  #warn(waited: number): void {
    this.close();
    const { name, waiting, active } = this.#larder;
    const holders = active.map(({ task, runTime }) => `'${task.name}' (for ${Math.round(runTime)} ms)`).join(', ');
    const doing = active.length === 0 ? 'are between two of their tasks' : `run ${holders}`;
    process.emitWarning(
      `A task of '${name}' has waited for ${Math.round(waited)} ms while every worker was busy; ${waiting} are waiting. The workers ${doing}. ` +
        'Raise maxWorkers, give long tasks an executor of their own, or bound them with limit(); starvationThreshold is when to say so.',
      { type: 'StarvationWarning', code: 'ANYPOOL_STARVATION' },
    );
  }
}
