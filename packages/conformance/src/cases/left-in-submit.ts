import assert from 'node:assert/strict';
import { partial, registerContextCarrier } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import type { ChunkItem } from '../fixtures/chunks.js';
import { localOnly } from '../local-only.js';
import { listening } from './listening.js';

/** Where in a submit somebody else's code runs. */
type Moment = 'inject' | 'submit' | 'start';

/** Runs the body, and `leave` in the first such moment of it. */
function leavingAt<T>(moment: Moment, executor: string, leave: () => void, body: () => T): T {
  let hasLeft = false;
  const heard = (): undefined => {
    if (!hasLeft) {
      hasLeft = true;
      leave();
    }
  };
  const registered =
    moment === 'inject'
      ? registerContextCarrier({ name: 'leaves', inject: heard, extract: (_value, run) => run() })
      : listening(`anypool:task:${moment}`, executor, heard);
  try {
    return body();
  } finally {
    assert.ok(hasLeft, `nobody heard of the ${moment}`);
    registered[Symbol.dispose]();
  }
}

/** P2, M4, M5: an iteration that is left by whoever hears of its own submit. */
export const leftInSubmitCases: readonly ConformanceCase[] = [
  {
    id: 'P2-left-in-its-submit',
    rule: 'P2',
    title: 'a stream that is left by who hears of its submit, or of its start, does not start or is closed',
    requires: ['stream'],
    async run({ create, tasks: { basics, streams }, trace }) {
      for (const moment of ['inject', 'submit', 'start'] as const) {
        const executor = create({ maxWorkers: 1, name: `P2 ${moment}`, cancelGrace: Number.POSITIVE_INFINITY });
        // With a worker that is free, it starts within its submit.
        await executor.submit(basics.nothing);
        const log = trace();
        const items = executor.stream(streams.endless, log.handle);
        let left: Promise<unknown> | undefined;
        const leave = () => {
          left = items.return();
        };
        const next = leavingAt(moment, executor.name, leave, () => items.next());
        assert.deepEqual(await next, { done: true, value: undefined });
        await left;
        assert.equal(log.lines().at(-1) ?? 'finally true', 'finally true', moment);
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
      }
    },
  },
  {
    id: 'M4-left-in-its-submit',
    rule: 'M4',
    title: 'a map that is left by who hears of the submit of its first items starts none of them',
    async run({ create, tasks: { basics }, gate, trace }) {
      for (const moment of ['inject', 'submit'] as const) {
        for (const chunkSize of [1, 2, 'auto'] as const) {
          const executor = create({ maxWorkers: 1, name: `M4 ${moment} ${chunkSize}` });
          const [door, log] = [await gate(), trace()];
          const blocker = executor.submit(basics.waitAt, door.handle);
          await door.waiting(1);
          const task = partial(basics.leaveTrace, log.handle);
          const results = executor.map(task, ['1', '2', '3', '4'], { chunkSize, buffer: 4 });
          const leave = () => void results.return?.();
          const next = leavingAt(moment, executor.name, leave, () => results.next());
          assert.equal((await next).done, true);
          door.open();
          await blocker;
          assert.equal(await executor.submit(basics.add, 1, 2), 3);
          assert.deepEqual(log.lines(), [], `${moment}, ${chunkSize}`);
        }
      }
    },
  },
  {
    id: 'M5-left-at-its-start',
    rule: 'M5',
    title: 'of a chunk whose map is left by who hears of its start, nothing begins after the item that had begun',
    local: localOnly.latency,
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1, name: 'M5 start' });
      const [door, log] = [await gate(), trace()];
      await executor.submit(basics.nothing);
      const items = [1, 2, 3, 4].map((value): ChunkItem => ({ value, trace: log.handle, gate: door.handle }));
      const results = executor.map(chunks.step, items, { chunkSize: 4 });
      const leave = () => void results.return?.();
      const next = leavingAt('start', executor.name, leave, () => results.next());
      assert.equal((await next).done, true);
      door.open();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['1'].slice(0, log.lines().length));
    },
  },
];
