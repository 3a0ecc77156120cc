import type { Outcome } from '../backend-types.js';
import { isPrinting, printed } from './printed.js';

/** Calls whose replies wait for something. */
let unsent = 0;
let afterwards: (() => void)[] = [];

/** Replies when the task has ended and what it printed is out (W10). */
export async function replyLater(
  outcome: Outcome | Promise<Outcome>,
  reply: (outcome: Outcome) => void,
): Promise<void> {
  unsent += 1;
  const ended = await outcome;
  if (isPrinting()) await printed();
  reply(ended);
  unsent -= 1;
  if (unsent > 0) return;
  const actions = afterwards;
  afterwards = [];
  for (const action of actions) action();
}

/** Does it when no call that has ended waits for its reply; before another one begins, as that could be at once. */
export function afterReplies(action: () => void): void {
  if (unsent === 0) action();
  else afterwards.push(action);
}
