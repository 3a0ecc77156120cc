import type { Contender } from '../contenders/contenders.js';
import type { Pool, Way } from '../pool.js';

/** What a figure counts. */
export type Unit = 'tasks/s' | 'µs' | 'ms' | 'bytes' | '%';

/** What a case is told. */
export interface Conditions {
  /** The share of its tasks that it is to run: 1, less to warm up. */
  readonly share: number;
  /** The workers of the pool. */
  readonly workers: number;
  /** How many iterations of crunch() take a ms here. */
  readonly iterationsPerMs: number;
}

interface AnyCase {
  /** Short, without spaces; it stays the same, since figures of other days are found by it. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** What is counted, in a sentence. */
  readonly about: string;
  readonly unit: Unit;
  /** Which of two figures is the better one. */
  readonly better: 'more' | 'less';
  /** How many of the rounds it takes part in: 1 all, 4 every fourth. */
  readonly every: number;
  /** Of whom it is measured. */
  readonly ways: readonly Way[];
  /** The most tasks that it has in a pool at once. */
  readonly atOnce?: number;
}

/** Measured on a pool that is open and warm. */
export interface LiveCase extends AnyCase {
  /** With so many workers, rather than with as many as the command line says. */
  readonly workers?: number;
  /** Measures once; undefined if the pool does not offer what is measured. */
  measure(pool: Pool, conditions: Conditions): Promise<number | undefined>;
}

/** Measured in a process that has nothing open yet, and that ends with it. */
export interface FreshCase extends AnyCase {
  measureFresh(contender: Contender, conditions: Conditions): Promise<number | undefined>;
  /** Whether it is also of those of whom only the start is measured. */
  readonly isStart?: boolean;
  readonly threadsOnly?: boolean;
}

/** Something that is measured. */
export type Case = LiveCase | FreshCase;

/** Whether it needs a process of its own each time. */
export function isFresh(one: Case): one is FreshCase {
  return 'measureFresh' in one;
}

/** Everybody, but for the libraries with their own settings: those are compared where calls are, and nowhere else. */
export const everyWay: readonly Way[] = ['anypool', 'raw', 'one-at-a-time', 'pipelined', 'coalesced'];
/** Where calls are not what it is about, one of Node's own ways is enough. */
export const plainWays: readonly Way[] = ['anypool', 'raw', 'one-at-a-time'];

/** So many, and at least one. */
export function countOf(whole: number, { share }: Conditions): number {
  return Math.max(1, Math.round(whole * share));
}

/** Seconds that something takes. */
export async function secondsOf(run: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}
