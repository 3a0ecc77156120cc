// What every contender runs: the same functions, in the same kind of worker.
import { threadId } from 'node:worker_threads';

/** Does nothing: what it costs is what the pool costs. */
export function noop(): void {}

/** Work of the CPU, as much as it is told: by iterations and not by the clock, so that a worker that gets less of the CPU takes longer. */
export function crunch(iterations: number): number {
  let x = 1;
  for (let i = 0; i < iterations; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/** The same, and says where it ran. */
export function crunchWhere(iterations: number): string {
  crunch(iterations);
  return `${process.pid}:${threadId}`;
}

/** Gives back what it got. */
export function echo(bytes: Uint8Array): Uint8Array {
  return bytes;
}

/** Keeps its worker for so many ms, or until the process that started it is gone. */
export function hold(ms: number): void {
  const parent = process.ppid;
  for (const end = performance.now() + ms; performance.now() < end && process.ppid === parent; );
}

/** Ends its worker. */
export function exit(): void {
  process.exit(7);
}
