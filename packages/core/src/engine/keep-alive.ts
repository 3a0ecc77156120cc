import { clearInterval, setInterval } from '../timers.js';

/**
 * Keeps the process alive while someone holds it: workers never do, so an idle executor lets the process end, and one with tasks
 * outstanding does not.
 *
 * One timer that is switched between ref'd and unref'd, as making one for each task would cost more than the task.
 */
export class KeepAlive {
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;

  acquire(): void {
    this.#holders += 1;
    if (this.#holders > 1) return;
    if (this.#timer === undefined) this.#timer = setInterval(() => {}, 2 ** 31 - 1);
    else this.#timer.ref();
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#timer?.unref();
  }

  /** Removes the timer; to be called when nobody will acquire any more. */
  close(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
