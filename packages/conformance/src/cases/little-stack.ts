import assert from 'node:assert/strict';
import type { Future } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { deep, depthOf } from '../fixtures/corners.js';

const kinds = ['thread', 'process'] as const;

/** Goes into a recursion as deep as it can, and has a look every so often on the way back. */
function fromTheBottom(look: () => void): void {
  const descend = (depth: number): void => {
    try {
      descend(depth + 1);
    } catch {
      // Out of stack, here or further down.
    }
    if (depth % 500 !== 0) return;
    try {
      look();
    } catch {
      // There is no stack for anything here.
    }
  };
  descend(1);
}

/** S4: what one side can write, and the other has too little stack to read. */
export const littleStackCases: readonly ConformanceCase[] = [
  {
    id: 'S4-caller-with-little-stack',
    rule: 'S4',
    title: 'a result and a report that the caller has too little stack to read end their task, and the next one runs',
    kinds,
    async run({ script }) {
      const body = `
        const executor = createExecutor({ kind, maxWorkers: 1, execArgv: [] });
        const { corners, basics } = tasks;
        for (const task of [corners.deep, corners.reportDeep]) {
          const end = await executor.submit(task, 950).then(() => 'read', ({ code, cause }) => code + ': ' + cause?.message);
          console.log(end);
        }
        console.log(await executor.submit(basics.add, 1, 2));
        await executor.shutdown();
      `;
      const { stdout, stderr, exitCode } = await script(body, { execArgv: ['--stack-size=300'] });
      assert.match(stdout, /^(?:read\n|ERR_WORKER_CRASHED: .* could not be read .*\n){2}3\n$/, stdout + stderr);
      assert.equal(exitCode, 0, stderr);
    },
  },
  {
    id: 'S4-worker-with-little-stack',
    rule: 'S4',
    title: 'a call that its worker has too little stack to read ends with an error that says so, and the next one runs',
    kinds,
    async run({ create, kind, tasks: { basics, corners } }) {
      const executor = create({
        maxWorkers: 1,
        ...(kind === 'thread' ? { resourceLimits: { stackSizeMb: 0.5 } } : { execArgv: ['--stack-size=200'] }),
      });
      const levels = 950;
      const [end] = await Promise.allSettled([executor.submit(corners.depthOf, deep(levels))]);
      if (end.status === 'fulfilled') assert.equal(end.value, levels);
      else {
        const { code, cause } = Object(end.reason);
        assert.equal(code, 'ERR_WORKER_CRASHED', end.reason);
        assert.match(String(cause), /could not be read/);
      }
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'S4-states-seen-from-a-deep-recursion',
    rule: 'S4',
    title: 'results that came while a recursion had used up the stack arrive, whoever looked at them in there',
    kinds: ['thread'],
    async run({ create, tasks: { basics, corners }, trace }) {
      const executor = create({ maxWorkers: 1 });
      const log = trace();
      const [count, levels] = [12, 900];
      await executor.submit(corners.depthOf, 0);
      const futures: Future<unknown>[] = Array.from({ length: count }, () =>
        executor.submit(corners.traceAndGiveDeep, log.handle.file, levels),
      );
      await futures[0];
      // Without the event loop, so that the results are there and nobody has read them.
      const clock = new Int32Array(new SharedArrayBuffer(4));
      for (let ms = 0; ms < 500 && log.lines().length < count; ms += 1) Atomics.wait(clock, 0, 0, 1);
      fromTheBottom(() => {
        for (const future of futures) void future.state;
        executor.stats();
      });
      for (const result of await Promise.all(futures)) assert.equal(depthOf(result), levels);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.equal(executor.stats().crashed, 0);
    },
  },
];
