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
  /** When a worker last came up. */
  readonly lastUp: number;
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
  /** Whether the look is later than the threshold says, for a worker that came up meanwhile. */
  #isPostponed = false;
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
      const { isFullyBusy, lastUp } = this.#larder;
      const time = now();
      const waited = time - oldest.submittedAt;
      const busy = time - lastUp;
      if (waited < this.#threshold) {
        this.#isPostponed = false;
        this.#lookIn(this.#threshold - waited);
      } else if (!isFullyBusy) {
        // Workers that are still to start will help, and nobody is to blame for that.
        this.#lookIn(this.#threshold);
      } else if (busy < this.#threshold && !this.#isPostponed) {
        // Nor for the time that one took which has just come up; but where workers come and go all the time, that is no excuse for ever.
        this.#isPostponed = true;
        this.#lookIn(this.#threshold - busy);
      } else this.#warn(waited);
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
