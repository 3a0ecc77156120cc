import assert from 'node:assert/strict';
import { threadId } from 'node:worker_threads';
import type { Executor, ExecutorOptions } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { isThere } from './process-end.js';

const kinds = ['thread', 'process'] as const;

function refusal(option: string): object {
  return { name: 'UnsupportedOptionError', code: 'ERR_UNSUPPORTED_OPTION', option };
}

export const workerKindCases: readonly ConformanceCase[] = [
  {
    id: 'W9-processes-are-processes',
    rule: 'W9',
    title: "kind 'process' runs tasks in processes of their own",
    kinds: ['process'],
    async run({ create, tasks: { control, lifecycle }, gate }) {
      const executor = create({ maxWorkers: 2 });
      assert.equal(executor.kind, 'process');
      const door = await gate();
      const waiting = [1, 2].map(() => executor.submit(lifecycle.placeAt, door.handle));
      await door.waiting(2);
      door.open();
      const places = await Promise.all(waiting);
      assert.equal(new Set([process.pid, ...places.map(({ pid }) => pid)]).size, 3);
      for (const { pid, isMainThread } of places) assert.ok(isThere(pid) && isMainThread);
      assert.equal((await executor.submit(control.readContext)).kind, 'process');
    },
  },
  {
    id: 'W9-threads-are-threads',
    rule: 'W9',
    title: "kind 'thread' runs tasks in the same process, in threads of their own",
    kinds: ['thread'],
    async run({ create, tasks: { control, lifecycle }, gate }) {
      const executor = create({ maxWorkers: 2 });
      assert.equal(executor.kind, 'thread');
      const door = await gate();
      const waiting = [1, 2].map(() => executor.submit(lifecycle.placeAt, door.handle));
      await door.waiting(2);
      door.open();
      const places = await Promise.all(waiting);
      assert.equal(new Set([threadId, ...places.map((place) => place.threadId)]).size, 3);
      for (const place of places) assert.deepEqual([place.pid, place.isMainThread], [process.pid, false]);
      assert.equal((await executor.submit(control.readContext)).kind, 'thread');
    },
  },
  {
    id: 'W9-a-kind-is-had-or-refused',
    rule: 'W9',
    title: 'an adapter gives the kind that it is asked for or refuses it, and the default is the thread',
    kinds,
    async run({ adapter }) {
      const { createExecutor }: { createExecutor(options?: ExecutorOptions): Executor } = await import(adapter);
      for (const kind of kinds) {
        try {
          const executor = createExecutor({ kind });
          assert.equal(executor.kind, kind);
          await executor.terminate();
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          assert.equal(Object(error).code, 'ERR_UNSUPPORTED_OPTION');
          assert.equal(Object(error).option, 'kind');
        }
      }
    },
  },
  {
    id: 'W9-inline-is-inline',
    rule: 'W9',
    title: 'an inline executor refuses to be of another kind',
    kinds: ['inline'],
    async run({ create }) {
      for (const kind of ['thread', 'process', 'remote'])
        assert.throws(() => create({ kind } as object), refusal('kind'), kind);
    },
  },
  {
    id: 'W7-refused-without-the-capability',
    rule: 'W7',
    title: 'maxTasksPerWorker is refused where workers cannot be recycled',
    unless: ['recycle'],
    async run({ create }) {
      assert.throws(() => create({ maxTasksPerWorker: 10 }), refusal('maxTasksPerWorker'));
      // Undefined is as good as absent.
      await create({ maxTasksPerWorker: undefined }).shutdown();
    },
  },
  {
    id: 'W8-refused-without-the-capability',
    rule: 'W8',
    title: 'resourceLimits are refused where they cannot be kept',
    unless: ['resourceLimits'],
    async run({ create }) {
      assert.throws(() => create({ resourceLimits: { maxOldGenerationSizeMb: 64 } }), refusal('resourceLimits'));
      await create({ resourceLimits: undefined }).shutdown();
    },
  },
];
