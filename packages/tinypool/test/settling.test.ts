// Tasks that end in every way there is, limits and cancels at random, and a shutdown in the middle of it: each Future settles, each
// shutdown resolves, and the executor is at full capacity until then. The seed is in the test's name.
import { type Future, inlineTask } from '@anypool/core';
import { createExecutor } from '@anypool/tinypool';
import { expect, test } from 'vitest';

const ends = {
  ok: inlineTask((value: unknown) => value),
  failing: inlineTask((_: unknown) => {
    throw new Error('failed');
  }),
  exiting: inlineTask((_: unknown) => process.exit(3)),
  failingLate: inlineTask((_: unknown) => {
    setImmediate(() => {
      throw new Error('late');
    });
  }),
  exitingLate: inlineTask((_: unknown) => {
    setImmediate(() => process.exit(0));
  }),
  looping: inlineTask((_: unknown) => {
    for (;;);
  }),
  slow: inlineTask((_: unknown) => new Promise((resolve) => setTimeout(resolve, 20))),
  unhandled: inlineTask((_: unknown) => {
    Promise.reject(new Error('unhandled'));
    return new Promise(() => {});
  }),
  uncloneable: inlineTask((_: unknown): unknown => () => {}),
  large: inlineTask((_: unknown) => new Uint8Array(1_000_000)),
  killed: inlineTask((_: unknown) => process.kill(process.pid, 'SIGKILL')),
};

// Numbers that are the same at each run.
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const seeds = [1, 2, 3, 4];

for (const kind of ['thread', 'process'] as const) {
  test.each(seeds)(`S4, X1-X4: every Future settles and every shutdown resolves, ${kind}, seed %i`, async (seed) => {
    const random = generator(seed);
    const names = Object.keys(ends).filter((name) => kind === 'process' || name !== 'killed') as (keyof typeof ends)[];
    const executor = createExecutor({
      kind,
      maxWorkers: 1 + Math.floor(random() * 3),
      cancelGrace: 30,
      stopTimeout: 200,
      ...(random() < 0.3 && { idleTimeout: 5 }),
      ...(random() < 0.3 && { maxTasksPerWorker: 3 }),
    });
    const futures: Future<unknown>[] = [];
    for (let i = 0; i < 60; i += 1) {
      const name = random() < 0.5 ? 'ok' : (names[Math.floor(random() * names.length)] ?? 'ok');
      const limited = name === 'looping' || random() < 0.2;
      const view = limited ? executor.with({ timeout: 100 + random() * 200, runTimeout: 30 }) : executor;
      const future = view.submit(ends[name], random() < 0.05 ? () => {} : i);
      future.catch(() => {});
      futures.push(future);
      if (random() < 0.2) setTimeout(() => future.cancel(), random() * 50).unref();
      if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 10));
    }
    const way = random();
    if (way < 0.25) {
      // Nothing of the above has cost a place: as many tasks as ever meet.
      const probe = await Promise.all(
        Array.from({ length: executor.maxWorkers }, () => executor.submit(ends.ok, 'there')),
      );
      expect(probe).toEqual(probe.map(() => 'there'));
    }
    await (way < 0.5 ? executor.shutdown() : way < 0.7 ? executor.shutdown({ timeout: 50 }) : executor.terminate());
    expect(executor.state).toBe('closed');
    expect(futures.filter(({ state }) => state === 'queued' || state === 'running')).toEqual([]);
    await Promise.allSettled(futures);
  });
}
