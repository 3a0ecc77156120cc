// The board where a worker does its step exactly between two of core's: with real threads, each of these is a matter of microseconds.
import { channel } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { getDefaultExecutor, inlineTask, move, setDefaultExecutor, tasksFrom } from '../src/index.js';
import { boardExecutor, turn, upAndRunning } from './board-worker.js';

const task = inlineTask((value: unknown) => value);

type Ended = { readonly executor: string; readonly id: number };

/** Calls `heard` at each event of the channel that is about the executor, for the time of the test. */
function subscribe(name: 'start' | 'end', executor: string, heard: (id: number) => void): void {
  const events = channel(`anypool:task:${name}`);
  const listener = (message: unknown): void => {
    const { executor: of, id } = message as Ended;
    if (of === executor) heard(id);
  };
  events.subscribe(listener);
  onTestFinished(() => void events.unsubscribe(listener));
}

let count = 0;

/** An executor whose only worker has been let look, with as many jobs on the board as said. */
async function looking(jobs: number, options: Parameters<typeof boardExecutor>[0] = {}) {
  count += 1;
  const made = boardExecutor({ maxWorkers: 1, name: `board ${count}`, ...options });
  onTestFinished(() => made.executor.terminate());
  const { executor } = made;
  const [worker] = await upAndRunning(made, () => executor.submit(task, 'first'));
  if (worker === undefined) throw new Error('There is no worker.');
  const handed = executor.submit(task, 'handed');
  const futures = Array.from({ length: jobs }, (_, i) => executor.submit(task, i));
  for (const future of futures) future.catch(() => {});
  worker.answer(undefined);
  await handed;
  expect(worker.looks).toBe(1);
  return { ...made, worker, futures, name: executor.name };
}

test('Q1: a job that a worker is about to take from the board takes up no place in the queue', async () => {
  const { executor, worker } = await looking(2, { maxQueue: 2 });
  const third = executor.submit(task, 2);
  expect(third.state).toBe('queued');
  await expect(executor.submit(task, 3)).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
  for (const value of [0, 1, 2]) {
    expect(worker.take()).toEqual([value]);
    worker.finish(value);
  }
  worker.park();
  expect(await third).toBe(2);
});

test('O1: a worker between two calls runs none', async () => {
  const { executor, worker, futures } = await looking(2);
  expect(executor.stats()).toMatchObject({ running: 0, queued: 2 });
  worker.take();
  expect(executor.stats()).toMatchObject({ running: 1, queued: 1 });
  worker.finish(0);
  worker.ring();
  await futures[0];
  expect(executor.stats()).toMatchObject({ running: 0, queued: 1 });
});

test('a worker that was let look in vain is let look again after its next call', async () => {
  const { executor, worker, futures } = await looking(2);
  for (const future of futures) future.cancel();
  worker.park();
  const handed = executor.submit(task, 'handed');
  const others = [executor.submit(task, 1), executor.submit(task, 2)];
  worker.answer(undefined);
  await handed;
  expect(worker.looks).toBe(2);
  for (const other of others) {
    worker.finish(worker.take()?.[0]);
    worker.ring();
    await other;
  }
});

test('workers are told of so many tasks and no more, however many there have been', async () => {
  const { executor, worker, futures } = await looking(2);
  for (const future of futures) future.cancel();
  worker.park();
  const handed = executor.submit(task, 'handed');
  for (let round = 0; round < 4; round += 1) {
    const others = Array.from({ length: 100 }, (_, n) => {
      const { f } = tasksFrom<{ f(): void }>(`data:text/javascript,export const f = () => ${round * 100 + n}`);
      return executor.submit(f);
    });
    for (const other of others) {
      other.catch(() => {});
      other.cancel();
    }
  }
  for (const value of [1, 2]) executor.submit(task, value).catch(() => {});
  worker.answer(undefined);
  await handed;
  expect(worker.looks).toBe(2);
  expect(worker.tasks).toHaveLength(256);
});

test('S7: what is submitted while core looks at the board is in its order there', async () => {
  const { executor, worker, name, futures } = await looking(3);
  worker.take();
  worker.ring();
  worker.finish(0);
  subscribe('end', name, (id) => {
    if (id === futures[0]?.id)
      void executor
        .with({ priority: 1 })
        .submit(task, 'urgent')
        .catch(() => {});
  });
  executor.submit(task, 3).catch(() => {});
  expect(worker.take()).toEqual(['urgent']);
});

test('S7: one that a limit held back comes before those on the board that were submitted after it', async () => {
  const made = boardExecutor({ maxWorkers: 2, name: 'late' });
  const { executor } = made;
  onTestFinished(() => executor.terminate());
  const [first, second] = await upAndRunning(made, () => executor.submit(task, 'first'));
  if (first === undefined || second === undefined) throw new Error('There are too few workers.');
  const limited = executor.limit(1);
  const futures = [limited.submit(task, 'limited'), executor.submit(task, 'plain')];
  const holder = [first, second].find(({ calls }) => calls.at(-1)?.args[0] === 'limited');
  futures.push(executor.submit(task, 1), limited.submit(task, 2), executor.submit(task, 3), executor.submit(task, 4));
  for (const future of futures) future.catch(() => {});
  const handed = holder?.calls.length ?? 0;
  holder?.answer(undefined);
  await turn();
  // Whether it was handed the next one, or takes it by itself.
  const order = holder?.calls.slice(handed).map(({ args }) => args[0]) ?? [];
  for (let taken = holder?.take(); taken !== undefined; taken = holder?.take()) order.push(taken[0]);
  expect(order).toEqual([1]);
});

test('S4: an outcome that cannot be read where core looks is that of its own call alone', async () => {
  const { worker, futures } = await looking(2);
  worker.take();
  worker.finishByMessage({ sent: 0 });
  worker.take();
  worker.receiveNext = () => {
    throw new RangeError('out of stack');
  };
  worker.ring();
  await expect(futures[0]).rejects.toMatchObject({
    code: 'ERR_WORKER_CRASHED',
    cause: { cause: { message: 'out of stack' } },
  });
  worker.finish(1);
  worker.ring();
  expect(await futures[1]).toBe(1);
  expect(worker.isKilled).toBe(false);
});

test('S4: a place that is used again while its last outcome is being told keeps the call that came there', async () => {
  const { executor, worker, name, futures } = await looking(2);
  futures[1]?.cancel();
  expect(worker.take()).toEqual([0]);
  worker.ring();
  let next: Promise<unknown> | undefined;
  subscribe('end', name, (id) => {
    if (id !== futures[0]?.id) return;
    executor.stats();
    next = executor.submit(task, 'next');
    expect(worker.take()).toEqual(['next']);
    executor.stats();
  });
  worker.finishByMessage({ sent: 0, value: { large: true } } as never);
  worker.ring();
  expect(await futures[0]).toEqual({ large: true });
  worker.finish('next result');
  worker.ring();
  expect(await next).toBe('next result');
});

test('C5: the end by force of a cancelled task does not reach the one that its worker has gone on to', async () => {
  const { executor, worker, futures } = await looking(2, { cancelGrace: 0 });
  worker.take();
  worker.ring();
  worker.finish(0);
  worker.take();
  expect(executor.state).toBe('running');
  futures[0]?.cancel();
  await turn();
  expect(worker.isKilled).toBe(false);
  worker.finish('sound');
  worker.ring();
  expect(await futures[1]).toBe('sound');
  // And the worker goes on taking calls.
  const others = [executor.submit(task, 1), executor.submit(task, 2)];
  expect(worker.take()).toEqual([1]);
  worker.finish(1);
  worker.ring();
  await others[0];
});

test('C5: neither does one after its grace', async () => {
  const { worker, name, futures } = await looking(2, { cancelGrace: 5 });
  worker.take();
  worker.ring();
  futures[0]?.cancel();
  worker.finish(0);
  worker.take();
  const graceIsOver = new Promise<void>((resolve) => {
    subscribe('start', name, (id) => id === futures[1]?.id && resolve());
    void worker.exited.then(() => resolve());
  });
  await graceIsOver;
  expect(worker.isKilled).toBe(false);
  worker.finish('sound');
  worker.ring();
  expect(await futures[1]).toBe('sound');
});

test('C3: a cancelled task that goes on is ended, and its worker takes nothing after it', async () => {
  const { worker, workers, futures } = await looking(2, { cancelGrace: 0 });
  worker.take();
  worker.ring();
  futures[0]?.cancel();
  expect(worker.isKilled).toBe(true);
  worker.finish(0);
  expect(worker.take()).toBe(undefined);
  await turn();
  workers[1]?.answer('done by another');
  expect(await futures[1]).toBe('done by another');
});

test('W3: a worker that has parked and died, unheard, is given nothing more', async () => {
  const { executor, worker, workers, futures } = await looking(2);
  const moved = executor.submit(task, move(new ArrayBuffer(8)));
  const handed = worker.calls.length;
  for (const value of [0, 1]) {
    worker.take();
    worker.finish(value);
  }
  worker.park(false);
  worker.exit();
  await Promise.all(futures);
  expect(worker.calls.length).toBe(handed);
  await turn();
  workers[1]?.answer('moved');
  expect(await moved).toBe('moved');
});

test('S4: both settle where a worker goes on after an outcome that makes no sense', async () => {
  const { worker, futures } = await looking(2);
  worker.take();
  worker.ring();
  worker.finishByMessage({ sent: 0, error: 'broken' } as never);
  worker.take();
  worker.ring();
  const ends = await Promise.allSettled(futures);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('X2: a lease that cancels what waits leaves alone what a worker has taken meanwhile', async () => {
  count += 1;
  const made = boardExecutor({ maxWorkers: 1, name: `board ${count}` });
  setDefaultExecutor(made.executor);
  onTestFinished(() => made.executor.terminate());
  const lease = getDefaultExecutor();
  const [worker] = await upAndRunning(made, () => lease.submit(task, 'first'));
  const handed = lease.submit(task, 'handed');
  const futures = [0, 1].map((n) => lease.submit(task, n));
  for (const future of futures) future.catch(() => {});
  worker?.answer(undefined);
  await handed;
  subscribe('end', made.executor.name, (id) => {
    if (id === futures[0]?.id) expect(worker?.take()).toEqual([1]);
  });
  const closed = lease.shutdown({ cancelPending: true });
  worker?.finish('finished');
  worker?.ring();
  await expect(futures[0]).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
  expect(await futures[1]).toBe('finished');
  await closed;
});

test('P1: reports of calls that have ended meanwhile come to their own Futures, in order', async () => {
  const { worker, futures } = await looking(3);
  const seen: unknown[] = [];
  for (const [n, future] of futures.entries()) future.onProgress((value) => void seen.push([n, value]));
  for (let n = 0; n < 3; n += 1) {
    worker.take();
    const id = futures[n]?.id ?? 0;
    const reports = [1, 2].map((value) => ({ type: 'report', id, value }) as const);
    worker.finishByMessage({ sent: 2, value: n } as never, reports);
  }
  worker.park();
  worker.flush();
  expect(await Promise.all(futures)).toEqual([0, 1, 2]);
  expect(seen).toEqual([0, 1, 2].flatMap((n) => [1, 2].map((value) => [n, value])));
});

test('W2, W3: of a worker that dies, the call that it had begun is lost, one that it had taken is done by another', async () => {
  for (const begun of [true, false]) {
    const { worker, workers, futures } = await looking(3);
    worker.take();
    worker.finish('delivered');
    const claimed = futures[0]?.id ?? 0;
    worker.take();
    worker.exit(begun ? {} : { begun: claimed });
    expect(await futures[0]).toBe('delivered');
    await turn();
    const next = workers[1];
    if (begun) await expect(futures[1]).rejects.toMatchObject({ code: 'ERR_WORKER_CRASHED' });
    expect(next?.calls.at(-1)?.args).toEqual([begun ? 2 : 1]);
    next?.answer('done by another');
    expect(await futures[begun ? 2 : 1]).toBe('done by another');
  }
});

test('O1: how long calls ran and waited is what their worker says, however late core looks', async () => {
  const from = performance.now();
  const { executor, worker, name, futures } = await looking(2);
  const ended = new Map<number, { readonly waitTime: number; readonly runTime: number }>();
  const events = channel('anypool:task:end');
  const listener = (message: unknown): void => {
    const event = message as Ended & { readonly waitTime: number; readonly runTime: number };
    if (event.executor === name) ended.set(event.id, event);
  };
  events.subscribe(listener);
  onTestFinished(() => void events.unsubscribe(listener));
  const pause = (ms: number): number => {
    const begun = performance.now();
    while (performance.now() < begun + ms);
    return performance.now() - begun;
  };
  const waited = pause(5);
  worker.take();
  const ran = pause(20);
  worker.finish(0);
  worker.take();
  const late = pause(20);
  worker.ring();
  const times = ended.get(futures[0]?.id ?? 0);
  expect(times?.waitTime).toBeGreaterThanOrEqual(waited - 0.1);
  expect(times?.runTime).toBeGreaterThanOrEqual(ran - 0.1);
  // All of it without the time in which nobody looked.
  expect((times?.waitTime ?? 0) + (times?.runTime ?? 0)).toBeLessThan(performance.now() - late - from);
  expect(executor.stats().active[0]?.runTime).toBeGreaterThanOrEqual(late - 0.1);
});

/** An executor with two workers that are up, of which the first looks for a call on the board and does not come to take one any more. */
async function stuckBeside(options: Parameters<typeof boardExecutor>[0] = {}) {
  count += 1;
  const made = boardExecutor({ maxWorkers: 2, name: `board ${count}`, ...options });
  const { executor } = made;
  onTestFinished(() => executor.terminate());
  const workers = await upAndRunning(made, () => executor.submit(task, 'first'));
  const handed = [executor.submit(task, 0), executor.submit(task, 1)];
  const burst = [executor.submit(task, 2), executor.submit(task, 3)];
  const [stuck, other] = workers;
  stuck?.answer(0);
  await turn();
  expect([stuck?.looks, other?.looks]).toEqual([1, 0]);
  for (const future of burst) {
    stuck?.finish(stuck.take()?.[0]);
    stuck?.ring();
    await future;
  }
  other?.answer(1);
  await Promise.all(handed);
  return { executor, other };
}

test('S8: a worker that looks for a call and does not come to take it keeps none from an idle one', async () => {
  const { executor, other } = await stuckBeside();
  for (const value of [4, 5]) {
    const calls = other?.calls.length ?? 0;
    const future = executor.submit(task, value);
    while (other?.calls.length === calls) await turn();
    expect(other?.calls.at(-1)?.args).toEqual([value]);
    other?.answer(value);
    await future;
  }
});

test('O1: a worker that does not come to take the next call runs none', async () => {
  const { executor, other } = await stuckBeside();
  const calls = other?.calls.length ?? 0;
  const future = executor.submit(task, 4);
  // From then on, nobody counts on the first worker.
  while (other?.calls.length === calls) await turn();
  expect(executor.stats()).toMatchObject({ running: 1, queued: 0 });
  other?.answer(4);
  await future;
  expect(executor.stats()).toMatchObject({ running: 0, queued: 0 });
});

test('Q1: a worker that does not come to take the next call takes no room away, as it runs none', async () => {
  const { executor, other } = await stuckBeside({ maxQueue: 2 });
  const calls = other?.calls.length ?? 0;
  const running = executor.submit(task, 4);
  while (other?.calls.length === calls) await turn();
  // As many as there are workers and places in the queue, in all.
  const futures = [running, ...[5, 6, 7].map((value) => executor.submit(task, value))];
  await expect(executor.submit(task, 8)).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
  expect(futures.map(({ state }) => state)).toEqual(['running', 'queued', 'queued', 'queued']);
});

test('S4: a worker that ends one call and takes the next while another end is being told has both of them', async () => {
  const made = boardExecutor({ maxWorkers: 2, name: 'two' });
  const { executor } = made;
  onTestFinished(() => executor.terminate());
  const workers = await upAndRunning(made, () => executor.submit(task, 'first'));
  const handed = [executor.submit(task, 'handed'), executor.submit(task, 'handed')];
  const futures = [0, 1, 2, 3, 4, 5].map((n) => executor.submit(task, n));
  for (const worker of workers) worker.answer(undefined);
  await Promise.all(handed);
  expect(workers.map(({ looks }) => looks)).toEqual([1, 1]);
  const [first, second] = [...workers].sort((a, b) => a.seat - b.seat);
  expect([first?.take(), second?.take()]).toEqual([[0], [1]]);
  first?.ring();
  subscribe('end', 'two', (id) => {
    if (id !== futures[1]?.id) return;
    first?.finish('first');
    expect(first?.take()).toEqual([2]);
  });
  second?.finish('second');
  second?.ring();
  first?.finish('next');
  first?.ring();
  expect(await Promise.all(futures.slice(0, 3))).toEqual(['first', 'second', 'next']);
  for (const future of futures.slice(3)) future.cancel();
  await Promise.allSettled(futures);
});

test('X4: what those do who hear of the ends of a terminate() begins nothing', async () => {
  const { executor, worker, name, futures } = await looking(4);
  const taken: unknown[] = [];
  subscribe('end', name, (id) => {
    if (id !== futures[0]?.id) return;
    futures[3]?.cancel();
    taken.push(worker.take());
  });
  await executor.terminate();
  expect(taken).toEqual([undefined]);
});
