// The worker's side of the board, with the calls and core's part played here.
import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import type { Outcome } from '../src/backend.js';
import { bellCell, cellsPerWorker, enoughCell, lookCell, looking, parked } from '../src/cells.js';
import { BoardMemory, done, stateOf, taken } from '../src/link/board.js';
import { BoardCalls } from '../src/worker/board-calls.js';
import { importModule } from '../src/worker/load-module.js';

const module = 'data:text/javascript,export const task = () => {}';
const realImmediate = setImmediate;
const turn = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));

/** A worker of which core hears each bell when the test says, and how it serves a call. */
async function worker(serve: (id: number, args: readonly unknown[]) => unknown) {
  await importModule(module);
  const memory = new BoardMemory(BoardMemory.create());
  const cells = new Int32Array(new SharedArrayBuffer(cellsPerWorker * 4));
  const log: string[] = [];
  const replies: Outcome[] = [];
  const calls = new BoardCalls({
    board: memory,
    seat: 3,
    cells,
    serve(call) {
      log.push(`serve ${call.id}`);
      const value = serve(call.id, call.args);
      return value instanceof Promise
        ? value.then((value) => ({ id: call.id, sent: 0, value }))
        : { id: call.id, sent: 0, value };
    },
    reply: (outcome) => void replies.push(outcome),
    ring: () => void log.push('ring'),
  });
  let turns = 0;
  const offer = (id: number, ...args: unknown[]): void => {
    expect(memory.writeCall(id, id, 0, args)).toBe(true);
    memory.publish(id, turns);
    turns += 1;
  };
  const look = (): void => {
    Atomics.store(cells, lookCell, looking);
    calls.look([[0, module, 'task']]);
  };
  const hear = (): void => {
    Atomics.store(cells, bellCell, 0);
  };
  /** Lets the worker go on until it has parked. */
  const rest = async (): Promise<void> => {
    do await turn();
    while (Atomics.load(cells, lookCell) !== parked);
  };
  return { memory, cells, log, replies, offer, look, hear, rest };
}

test('a worker that is let look runs what there is, in order, and parks', async () => {
  const { offer, look, log, memory, cells, rest } = await worker((id) => id);
  for (const id of [1, 2, 3]) offer(id);
  look();
  await rest();
  expect(log.filter((line) => line !== 'ring')).toEqual(['serve 1', 'serve 2', 'serve 3']);
  expect(log.at(-1) === 'ring' || Atomics.load(cells, bellCell) === 1).toBe(true);
  expect(Atomics.load(cells, lookCell)).toBe(parked);
  for (const id of [1, 2, 3]) expect([stateOf(memory.mark(id)), memory.result(id)]).toEqual([done, id]);
});

test('O2: that it has taken the first is told before that begins', async () => {
  const { offer, look, log } = await worker(() => new Promise(() => {}));
  offer(1);
  look();
  expect(log).toEqual(['ring', 'serve 1']);
});

test('S4: a result is told before anything that the task has left to be done', async () => {
  const { offer, look, log, hear, rest } = await worker(() => {
    hear();
    queueMicrotask(() => log.push('left behind'));
  });
  offer(1);
  offer(2);
  look();
  await rest();
  expect(log).toEqual(['ring', 'serve 1', 'ring', 'left behind', 'serve 2', 'ring', 'left behind']);
});

test('the next call sees nothing of the async context that one has left', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const { offer, look, rest } = await worker((id) => {
    seen.push(storage.getStore());
    storage.enterWith(`of ${id}`);
    // One that takes long enough for the event loop to get its turn after it.
    if (id === 2) for (const end = performance.now() + 2; performance.now() < end; );
  });
  for (const id of [1, 2, 3]) offer(id);
  look();
  await rest();
  expect(seen).toEqual([undefined, undefined, undefined]);
});

test('a task that replaces timers and clock keeps the worker from nothing', async () => {
  const kept = { queueMicrotask, now: performance.now };
  const none = (): never => undefined as never;
  const { offer, look, log, rest } = await worker((id) => {
    if (id === 2) for (const end = kept.now.call(performance) + 2; kept.now.call(performance) < end; );
    Object.assign(globalThis, { setImmediate: none, queueMicrotask: none });
    performance.now = () => 0;
  });
  try {
    for (const id of [1, 2, 3]) offer(id);
    look();
    await rest();
  } finally {
    Object.assign(globalThis, { setImmediate: realImmediate, queueMicrotask: kept.queueMicrotask });
    performance.now = kept.now;
  }
  expect(log.filter((line) => line !== 'ring')).toEqual(['serve 1', 'serve 2', 'serve 3']);
});

test('a worker that has had enough ends its call and takes no other', async () => {
  const { offer, look, log, cells, rest } = await worker(() => Atomics.store(cells, enoughCell, 1));
  offer(1);
  offer(2);
  look();
  await rest();
  expect(log.filter((line) => line !== 'ring')).toEqual(['serve 1']);
  expect(Atomics.load(cells, lookCell)).toBe(parked);
});

test('what has no room on the board goes by a message before the call is done', async () => {
  const values = [{}, 5n, 'x'.repeat(200)];
  const { offer, look, memory, replies, rest } = await worker((id) => values[id - 1]);
  for (const id of [1, 2, 3]) offer(id);
  look();
  await rest();
  expect(replies.map((outcome) => 'value' in outcome && outcome.value)).toEqual(values);
  for (const id of [1, 2, 3]) expect([stateOf(memory.mark(id)), memory.hasResult(id)]).toEqual([done, false]);
});

test('O1: the times of a call are those of the worker', async () => {
  const { offer, look, memory } = await worker(async () => {
    await turn();
  });
  const before = performance.now();
  offer(1);
  look();
  expect(stateOf(memory.mark(1))).toBe(taken);
  while (stateOf(memory.mark(1)) !== done) await turn();
  const [start, end] = [memory.startedAt(1), memory.endedAt(1)];
  expect(start).toBeGreaterThan(before - 0.5);
  expect(end).toBeGreaterThanOrEqual(start);
  expect(end).toBeLessThan(performance.now() + 0.5);
});
