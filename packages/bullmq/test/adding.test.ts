// The way of calls into Redis, where the connection to it is lost.
import { expect, test } from 'vitest';
import { Adding, type AddingOptions, type Job } from '../src/adding.js';
import { RemoteCall } from '../src/remote-call.js';
import { unreachable } from '../src/unreachable.js';

/** As Redis says it, in its own words and as Redis 5 and 6 put it where a script meets with it. */
function replies(what: string): Error[] {
  const words = [what, `ERR Error running script (call to f_0a1): @user_script:50: @user_script: 50: -${what}`];
  return words.map((message) => Object.assign(new Error(message), { name: 'ReplyError' }));
}

test.each([
  ...replies("READONLY You can't write against a read only replica."),
  ...replies('LOADING Redis is loading the dataset in memory'),
  ...replies('NOREPLICAS Not enough good replicas to write.'),
  ...replies('BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.'),
  ...replies('ERR max number of clients reached').slice(0, 1),
])('a call is added again that Redis has refused for now: %s', async (refusal) => {
  const refusals = [refusal];
  await new Promise<void>((resolve, reject) => {
    const queue = {
      async add() {
        for (const error of refusals.splice(0)) throw error;
      },
    };
    const adding = new Adding({
      queue,
      maxQueue: Number.POSITIVE_INFINITY,
      onDisconnect: 'wait',
      isClosed: () => false,
      track: (work: Promise<unknown>) => void work.catch(reject),
      added: () => resolve(),
    } as unknown as AddingOptions);
    const call = { id: 1, behalf: { id: 1 } } as unknown as RemoteCall['call'];
    adding.push(new RemoteCall('1', call, { message() {} }), { name: 'task', data: '', opts: {} });
  });
});

test.each(replies("OOM command not allowed when used memory > 'maxmemory'."))(
  'a full Redis is told of as such: %s',
  (refusal) => {
    expect(unreachable(refusal).message).toMatch(/^Redis is full/);
  },
);

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
