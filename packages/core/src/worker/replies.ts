import type { Outcome } from '../backend-types.js';
import { isPrinting, printed } from './printed.js';

/** Calls whose replies wait for something. */
let unsent = 0;
const afterwards: (() => void)[] = [];

/** Replies when the task has ended and what it printed is out (W10). */
export async function replyLater(
  outcome: Outcome | Promise<Outcome>,
  reply: (outcome: Outcome) => void,
): Promise<void> {
  unsent += 1;
  try {
    const ended = await outcome;
    if (isPrinting()) await printed();
    reply(ended);
  } finally {
    unsent -= 1;
    if (unsent === 0) for (const action of afterwards.splice(0)) action();
  }
}

/** Does it when no call that has ended waits for its reply; before another one begins, as that could be at once. */
export function afterReplies(action: () => void): void {
  if (unsent === 0) action();
  else afterwards.push(action);
}
