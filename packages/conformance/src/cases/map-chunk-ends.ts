import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../case.js';
import type { ChunkItem } from '../fixtures/chunks.js';
import { localOnly } from '../local-only.js';
import { itemsPerCall } from './map-chunks.js';
import { endless, outcome } from './map-outcome.js';
import { traceAfterImportAt } from './task-modules.js';

/** M5: several items at once, when there are limits, or the map is left, cancelled or shut down. */
export const mapChunkEndCases: readonly ConformanceCase[] = [
  ...([false, true] as const).map(
    (blocks): ConformanceCase => ({
      id: blocks ? 'M5-leaving-a-chunk-that-blocks' : 'M5-leaving-a-chunk',
      rule: 'M5',
      title: `after the loop is left, nothing more of a chunk starts: its items ${blocks ? 'never give way' : 'await something'}`,
      ...(blocks && { kinds: ['thread', 'process'] }),
      local: localOnly.latency,
      async run({ create, tasks: { basics, chunks }, gate, trace }) {
        const executor = create({ maxWorkers: 1 });
        const [first, second, log] = [await gate(), await gate(), trace()];
        const input = endless((value): ChunkItem => {
          const at = value === 1 ? first : value === 2 ? second : undefined;
          return {
            value,
            trace: log.handle,
            ...(at && (blocks ? { block: at.handle } : { gate: at.handle })),
          };
        });
        const results = executor.map(chunks.step, input.items, { chunkSize: 8 });
        const next = results.next();
        await first.waiting(1);
        // No order to wait for: results go on by their age, which is 1 ms here.
        await new Promise((resolve) => setTimeout(resolve, 5));
        first.open();
        assert.deepEqual(await next, { done: false, value: 0 });
        await second.waiting(1);
        await results.return?.();
        assert.equal(input.closed(), 1);
        const after = executor.submit(basics.add, 1, 2);
        second.open();
        assert.equal(await after, 3);
        assert.deepEqual(log.lines(), ['0', '1', '2']);
      },
    }),
  ),
  {
    id: 'M5-leaving-before-a-chunk-starts',
    rule: 'M5',
    title: 'chunks that still wait for a worker when the loop is left never start',
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const blocker = executor.submit(basics.waitAt, door.handle);
      const results = executor.map(chunks.step, endless((value) => ({ value, trace: log.handle })).items, {
        chunkSize: 4,
      });
      const next = results.next();
      await door.waiting(1);
      await results.return?.();
      assert.equal((await next).done, true);
      door.open();
      await blocker;
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'M5-leaving-during-the-import',
    rule: 'M5',
    title: 'nothing of a chunk starts when the loop is left while the module of its task is still being imported',
    local: localOnly.modules,
    async run({ create, tasks: { basics }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const task = traceAfterImportAt(door.handle, log.handle, basics.add);
      const results = executor.map(task, [1, 2, 3, 4, 5, 6, 7, 8], { chunkSize: 4 });
      const next = results.next();
      await door.waiting(1);
      await results.return?.();
      assert.equal((await next).done, true);
      door.open();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), []);
    },
  },
  {
    id: 'M5-signal',
    rule: 'M5',
    title:
      'an aborted signal cancels the item that runs, those after it in its chunk never start, and its reason is thrown',
    local: localOnly.latency,
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      const controller = new AbortController();
      const { signal } = controller;
      const items = [0, 1, 2, 3].map(
        (value): ChunkItem => ({ value, trace: log.handle, ...(value === 1 && { gate: door.handle }) }),
      );
      const end = outcome(executor.map(chunks.step, items, { chunkSize: 4, signal }));
      await door.waiting(1);
      const reason = new RangeError('enough');
      controller.abort(reason);
      const { values, error } = await end;
      door.open();
      assert.equal(error, reason);
      assert.deepEqual(values, [0].slice(0, values.length));
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual([log.lines(), getEventListeners(signal, 'abort').length], [['0', '1'], 0]);
    },
  },
  {
    id: 'M5-running-item-sees-the-cancel',
    rule: 'M5',
    title: 'taskContext() of the item that runs tells it of a cancel, also where the item never yields',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: Number.POSITIVE_INFINITY });
      for (const [task, last] of [
        [control.untilAborted, /"aborted":true,"cancelled":true/],
        [control.spinUntilCancelled, /saw the cancel/],
      ] as const) {
        const log = trace();
        const controller = new AbortController();
        const items = [log.handle, log.handle, log.handle];
        const end = outcome(executor.map(task, items, { chunkSize: 3, signal: controller.signal }));
        await log.until(1);
        controller.abort('enough');
        assert.deepEqual(await end, { values: [], error: 'enough' });
        assert.equal(await executor.submit(basics.add, 1, 2), 3);
        const [, saw, ...more] = log.lines();
        assert.match(saw ?? '', last);
        assert.deepEqual(more, []);
      }
    },
  },
  {
    id: 'M5-stopped-by-force',
    rule: 'M5',
    title: 'an item that takes no notice of a cancel is ended with its worker after the grace, and with it its chunk',
    requires: ['terminate'],
    async run({ create, tasks: { basics, control }, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 20 });
      const log = trace();
      const controller = new AbortController();
      const items = [log.handle, log.handle];
      const end = outcome(executor.map(control.spinForever, items, { chunkSize: 2, signal: controller.signal }));
      await log.until(1);
      controller.abort('enough');
      assert.deepEqual(await end, { values: [], error: 'enough' });
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['spinning']);
    },
  },
  {
    id: 'M5-run-timeout-of-each-item',
    rule: 'M5',
    title:
      'runTimeout is the time of an item, not of its chunk; the results before one that takes longer are given out',
    local: localOnly.latency,
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const limited = executor.with({ runTimeout: 500 });
      const brief = [150, 150, 150, 150, 150];
      assert.deepEqual((await outcome(limited.map(chunks.lasting, brief, { chunkSize: 5 }))).values, brief);
      const [door, log] = [await gate(), trace()];
      const items = [0, 1, 2, 3].map(
        (value): ChunkItem => ({ value, trace: log.handle, ...(value === 2 && { gate: door.handle }) }),
      );
      const { values, error } = await outcome(limited.map(chunks.step, items, { chunkSize: 4 }));
      door.open();
      const { code, phase, timeout } = Object(error);
      assert.deepEqual([values, code, phase, timeout], [[0, 1], 'ERR_TASK_TIMEOUT', 'run', 500]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['0', '1', '2']);
    },
  },
  {
    id: 'M5-run-timeout-of-an-item-that-blocks',
    rule: 'M5',
    title: 'runTimeout ends a chunk in which an item loops for ever, and what was done before is given out',
    requires: ['terminate'],
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1, cancelGrace: 20 });
      await executor.submit(chunks.lasting, 0);
      const [door, log] = [await gate(), trace()];
      const items = [0, 1, 2, 3].map(
        (value): ChunkItem => ({ value, trace: log.handle, ...(value === 2 && { block: door.handle }) }),
      );
      const { values, error } = await outcome(
        executor.with({ runTimeout: 200 }).map(chunks.step, items, { chunkSize: 4 }),
      );
      assert.deepEqual([values, Object(error).code, Object(error).phase], [[0, 1], 'ERR_TASK_TIMEOUT', 'run']);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['0', '1', '2']);
    },
  },
  {
    id: 'M5-timeout',
    rule: 'M5',
    title:
      'timeout counts from the submit of the chunk: it ends the item that runs then, and those after it never start',
    local: localOnly.latency,
    async run({ create, tasks: { basics, chunks }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(chunks.lasting, 0);
      const [door, log] = [await gate(), trace()];
      const items = [0, 1, 2].map(
        (value): ChunkItem => ({ value, trace: log.handle, ...(value === 1 && { gate: door.handle }) }),
      );
      const { values, error } = await outcome(
        executor.with({ timeout: 400 }).map(chunks.step, items, { chunkSize: 3 }),
      );
      door.open();
      assert.deepEqual([values, Object(error).code, Object(error).phase], [[0], 'ERR_TASK_TIMEOUT', 'run']);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
      assert.deepEqual(log.lines(), ['0', '1']);
    },
  },
  {
    id: 'M5-after-timers-were-taken',
    rule: 'M5',
    title: 'a chunk gives way between slow items, and goes on, although a task has replaced the timers of its worker',
    // Else they would be the caller's own, or those of other callers.
    kinds: ['thread', 'process'],
    async run({ create, tasks: { chunks } }) {
      const executor = create({ maxWorkers: 1 });
      await executor.submit(chunks.takeTimers);
      const values: number[] = [];
      const items = [1, 2, 3, 4].map((value) => ({ value, ms: 2 }));
      for await (const { value } of executor.map(chunks.whereIsAfter, items, { chunkSize: 4 })) values.push(value);
      assert.deepEqual(values, [1, 2, 3, 4]);
    },
  },
  {
    id: 'M5-max-tasks-per-worker',
    rule: 'M5',
    title:
      'maxTasksPerWorker counts items: a worker runs no more of them, and the rest of the chunk goes to another, each once',
    requires: ['recycle'],
    async run({ create, tasks: { chunks } }) {
      const executor = create({ maxWorkers: 2, maxTasksPerWorker: 3 });
      const items = Array.from({ length: 20 }, (_, i) => i);
      const { values, error } = await outcome(executor.map(chunks.whereIs, items, { chunkSize: 8 }));
      assert.equal(error, undefined);
      assert.deepEqual(
        values.map(({ value }) => value),
        items,
      );
      const perWorker = itemsPerCall(values.map(({ worker }) => ({ call: worker })));
      assert.ok(Math.max(...perWorker) <= 3, `the workers ran ${perWorker} items`);
    },
  },
  {
    id: 'M5-shutdown-under-a-map',
    rule: 'M5',
    title: 'a shutdown, clean or not, ends a map in chunks that is under way',
    async run({ create, tasks: { control }, gate }) {
      for (const stop of ['shutdown', 'terminate'] as const) {
        const executor = create({ maxWorkers: 1 });
        const door = await gate();
        const input = endless((value) => ({ gate: door.handle, value }));
        const end = outcome(executor.map(control.waitIfGated, input.items, { chunkSize: 3 }));
        await door.waiting(1);
        const stopped = executor[stop]();
        door.open();
        const { values, error } = await end;
        assert.equal(Object(error).code, 'ERR_EXECUTOR_SHUTDOWN');
        // What was submitted before a clean shutdown is still done.
        assert.equal(values.length, stop === 'shutdown' ? 6 : 0);
        assert.equal(input.closed(), 1);
        await stopped;
      }
    },
  },
];
