interface WarmUp {
  readonly workers: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** The calls of `warmUp()` that wait for workers to be up. */
export class WarmUps {
  readonly #waiting = new Set<WarmUp>();

  /** How many workers are wanted by now. */
  get wanted(): number {
    return Math.max(0, ...[...this.#waiting].map(({ workers }) => workers));
  }

  /** Waits until so many are up; `changed` is called when that changes {@link wanted}. */
  async wait(workers: number, changed: () => void): Promise<void> {
    let warmUp: WarmUp | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        warmUp = { workers, resolve, reject };
        this.#waiting.add(warmUp);
        changed();
      });
    } finally {
      if (warmUp !== undefined) this.#waiting.delete(warmUp);
      changed();
    }
  }

  /** So many are up. */
  tell(up: number): void {
    for (const { workers, resolve } of this.#waiting) if (up >= workers) resolve();
  }

  /** There will be no more. */
  fail(reason: unknown): void {
    for (const { reject } of this.#waiting) reject(reason);
  }
}
