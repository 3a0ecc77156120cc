import type { Job } from './job.js';
import { KeepAlive } from './keep-alive.js';

/** Why a group takes no more jobs, and how those end that come all the same. */
export interface Refusal {
  readonly state: 'cancelled' | 'rejected';
  readonly reason: unknown;
}

/** Jobs that are waited for, or ended, together, whoever else uses their executor: those of a lease, or of a scope. */
export abstract class Group {
  readonly #members = new Set<Job>();
  readonly #waiting: (() => void)[] = [];

  /** The jobs that have not left yet. */
  get members(): readonly Job[] {
    return [...this.#members];
  }

  /** Whether it takes more jobs. */
  abstract get isOpen(): boolean;

  /** Asked once for each job, before it joins. */
  abstract refusal(job: Job): Refusal | undefined;

  join(job: Job): void {
    this.#members.add(job);
  }

  /** A member has settled; `reason` is what it rejects with. */
  settled(_job: Job, _reason: unknown): void {}

  /** A member has settled and is in no worker any more. */
  left(job: Job): void {
    this.#members.delete(job);
    if (this.#members.size === 0) this.#tell();
  }

  /** Nobody is to wait any longer for members that are still in their workers. */
  letGo(): void {
    this.#members.clear();
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when there is no member. */
  async empty(): Promise<void> {
    if (this.#members.size === 0) return;
    // A task that was cancelled holds the process no longer, though it is still in its worker.
    const keepAlive = new KeepAlive();
    keepAlive.acquire();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    keepAlive.close();
  }
}
