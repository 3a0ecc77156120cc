import type { Executor } from '../executor.js';
import { type Deadline, deadlines } from './deadlines.js';

/** An executor's way to its end: `running`, then `draining`, then `closed`. */
export class Closing {
  state: Executor['state'] = 'running';
  #over: Promise<void> | undefined;
  #resolve: (() => void) | undefined;
  #deadline: Deadline | undefined;

  /** Begins it, with what is to be done then, unless it has begun. Resolves at {@link end}. */
  begin(act: () => void): Promise<void> {
    this.#over ??= new Promise((resolve) => {
      this.state = 'draining';
      this.#resolve = resolve;
      act();
    });
    return this.#over;
  }

  /** What is to be done where it is not over in so many ms. Of several limits, the strictest counts. */
  limit(timeout: number, act: () => void): void {
    if (this.state === 'closed') return;
    const deadline = deadlines.add(timeout, act);
    if (this.#deadline === undefined || (deadline && deadline.at < this.#deadline.at)) {
      deadlines.remove(this.#deadline);
      this.#deadline = deadline;
    } else deadlines.remove(deadline);
  }

  end(): void {
    this.state = 'closed';
    deadlines.remove(this.#deadline);
    this.#resolve?.();
  }
}
