// What every contender runs: the same functions, in the same kind of worker.

/** Does nothing: what it costs is what the pool costs. */
export function noop(): void {}

/** Keeps the CPU busy for so many ms, as real work would. */
export function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
