import { crunch, crunchWhere, exit, hold, noop } from '../tasks.js';

/** The tasks by number: a name would be read and looked up for each call. */
const tasks: readonly ((argument: unknown) => unknown)[] = [
  noop,
  (iterations) => crunch(Number(iterations)),
  (iterations) => crunchWhere(Number(iterations)),
  (ms) => hold(Number(ms)),
  (bytes) => bytes,
  (bytes) => bytes,
  exit,
];
export const numberOf = { noop: 0, crunch: 1, crunchWhere: 2, hold: 3, echo: 4, echoMoved: 5, exit: 6 } as const;

export type TaskName = keyof typeof numberOf;

/** What goes to a worker at once: the number of a task and its argument, for one call or for several, one after the other. */
export type Message = readonly unknown[];

/** Runs a call; its result. */
export function runCall(task: number, argument: unknown): unknown {
  return tasks[task]?.(argument);
}

/** What moves with a value: its memory, if the task moves it. */
export function movedBy(task: number, value: unknown): ArrayBuffer[] {
  return task === numberOf.echoMoved && value instanceof Uint8Array && value.buffer instanceof ArrayBuffer
    ? [value.buffer]
    : [];
}
