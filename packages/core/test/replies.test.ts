import { expect, test } from 'vitest';
import type { Outcome } from '../src/backend-types.js';
import { afterReplies, replyLater } from '../src/worker/replies.js';

const outcome: Outcome = { id: 1, sent: 0, value: 1 };

test('W3: what is to come after the replies comes then, also where one of them could not be sent', async () => {
  const order: string[] = [];
  const failed = replyLater(outcome, () => {
    throw new Error('It cannot be sent.');
  });
  const sent = replyLater(outcome, () => void order.push('reply'));
  afterReplies(() => order.push('late error'));
  await expect(failed).rejects.toThrow('cannot be sent');
  await sent;
  expect(order).toEqual(['reply', 'late error']);
  afterReplies(() => order.push('at once'));
  expect(order).toHaveLength(3);
});
