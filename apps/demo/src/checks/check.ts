import { isDeepStrictEqual } from 'node:util';
import type { Executor, ExecutorOptions } from '@anypool/core';
import type { Target } from '../backends.js';
import type { Gate } from './gate.js';
import type { WorkerWatch } from './worker-watch.js';

/** What is expected and what was seen, under names that a reader understands. A check held if the two are equal. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One row of a section: something that must be so on every target. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** A function where threads and processes differ, or where it is computed. */
  readonly expected: Facts | ((target: Target) => Facts);
  /** Does it and says what came of it; to throw is to fail. */
  run(context: CheckContext): Promise<Seen>;
}

/** What a check saw. */
export interface Seen {
  readonly facts: Facts;
  /** What the caller caught, as text to print. */
  readonly caught?: string | undefined;
}

/** What a check works with. All that it makes is ended when the check is over, however it ended. */
export interface CheckContext {
  readonly target: Target;
  readonly workers: WorkerWatch;
  createExecutor(options?: Omit<ExecutorOptions, 'kind'>): Executor;
  makeGate(): Promise<Gate>;
}

/** A check on one target, judged. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly target: string;
  readonly expected: Facts;
  /** Undefined if the check failed before it had seen anything. */
  readonly seen: Facts | undefined;
  readonly held: boolean;
  readonly caught?: string | undefined;
  /** What the check itself threw. */
  readonly error?: string | undefined;
  readonly milliseconds: number;
}

/** Runs a check's body and compares what it saw with what it had to see. Never rejects. */
export async function judge(
  check: Pick<Check, 'id' | 'title'>,
  target: string,
  expected: Facts,
  look: () => Promise<Seen>,
): Promise<CheckResult> {
  const { id, title } = check;
  const start = performance.now();
  const milliseconds = (): number => Math.round(performance.now() - start);
  try {
    const { facts, caught } = await look();
    const held = isDeepStrictEqual(facts, expected);
    return { id, title, target, expected, seen: facts, held, caught, milliseconds: milliseconds() };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id, title, target, expected, seen: undefined, held: false, error: text, milliseconds: milliseconds() };
  }
}
