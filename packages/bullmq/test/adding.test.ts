// The way of calls into Redis, where the connection to it is lost.
import { expect, test } from 'vitest';
import { Adding, type AddingOptions, type Job } from '../src/adding.js';
import { RemoteCall } from '../src/remote-call.js';

test('as many calls as are submitted in one turn are added again after the connection was lost', async () => {
  const count = 200_000;
  const sizes: number[] = [];
  const added = new Promise<void>((resolve) => {
    let calls = 0;
    const queue = {
      async addBulk(jobs: readonly Job[]) {
        if (sizes.push(jobs.length) === 1) throw new Error('Connection is closed.');
      },
    };
    const adding = new Adding({
      queue,
      maxQueue: Number.POSITIVE_INFINITY,
      onDisconnect: 'wait',
      isClosed: () => false,
      track: (work: Promise<unknown>) => void work,
      added: () => {
        calls += 1;
        if (calls === count) resolve();
      },
    } as unknown as AddingOptions);
    const call = { id: 1, behalf: { id: 1 } } as unknown as RemoteCall['call'];
    for (let i = 0; i < count; i += 1) {
      adding.push(new RemoteCall(String(i), call, { message() {} }), { name: 'task', data: '', opts: {} });
    }
  });
  await added;
  expect(sizes).toEqual([count, count]);
});
