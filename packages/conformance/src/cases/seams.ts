import assert from 'node:assert/strict';
import { move, registerContextCarrier } from '@anypool/core';
import type { ConformanceCase } from '../case.js';
import { carrierOf, carrying } from '../fixtures/carriers.js';
import { localOnly } from '../local-only.js';
import { assertCode } from './outcomes.js';

/** Where rules about different things meet: chunks, streams, moved values, limits, scopes and carriers with one another. */
export const seamCases: readonly ConformanceCase[] = [
  {
    id: 'M5-moved-items',
    rule: 'M5',
    title: 'items that are moved are moved in chunks, too, among others that are not, and so are results',
    async run({ create, capabilities, tasks: { basics, moving } }) {
      const executor = create({ maxWorkers: 1 });
      const buffers = [1, 2, 3, 4].map((length) => new Uint8Array(length));
      const items = buffers.map((bytes, i) => (i === 2 ? bytes : move(bytes)));
      const lengths = [];
      for await (const length of executor.map(moving.byteLength, items, { chunkSize: 3 })) lengths.push(length);
      assert.deepEqual(lengths, [1, 2, 3, 4]);
      const kept = buffers.map((bytes) => bytes.byteLength);
      assert.deepEqual(kept, capabilities.transfer ? [0, 0, 3, 0] : [1, 2, 3, 4]);
      const results = [];
      for await (const bytes of executor.map(moving.movedBytes, [1, 2, 3], { chunkSize: 3 }))
        results.push(bytes.length);
      assert.deepEqual(results, [1, 2, 3]);
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
  {
    id: 'O4-chunks-and-streams',
    rule: 'O4',
    title: 'each item of a chunk, and a stream to its end, finds what the context of its call held',
    requires: ['stream'],
    local: localOnly.hooks,
    async run({ create, kind, tasks: { carriers } }) {
      const registration = registerContextCarrier(carrierOf('tenant'));
      const initializer = { task: carriers.register, args: [{ tenant: 'tidy' }] as [{ tenant: 'tidy' }] };
      try {
        const executor = create({ maxWorkers: 2, ...(kind !== 'inline' && { initializer }) });
        const request = (tenant: string) =>
          carrying({ tenant }, async () => {
            const seen = [];
            for await (const result of executor.map(carriers.carriedWith, [1, 2, 3], { chunkSize: 2 }))
              seen.push(result);
            assert.deepEqual(
              seen,
              [1, 2, 3].map((item) => [item, { tenant }]),
            );
            const items = [];
            for await (const item of executor.with({ highWaterMark: 1 }).stream(carriers.carriedItems, 3))
              items.push(item);
            assert.deepEqual(items, [{ tenant }, { tenant }, { tenant }]);
          });
        await Promise.all(['a', 'b', 'c'].map(request));
      } finally {
        registration[Symbol.dispose]();
      }
    },
  },
  {
    id: 'X5a-streams-and-chunks',
    rule: 'X5a',
    title: 'a stream or a chunk that is left behind in a scope that fails is ended with it, and its generator closed',
    requires: ['stream'],
    async run({ create, tasks: { control, streams }, trace }) {
      const executor = create({ maxWorkers: 2 });
      const log = trace();
      const scope = executor.scope(async (group) => {
        await group.stream(streams.endless, log.handle).next();
        await group.submit(control.failWith, 'broken');
      });
      await assert.rejects(scope, { message: 'broken' });
      assert.ok(
        log.lines().some((line) => line.startsWith('finally')),
        log.lines().join(),
      );
      assert.equal(executor.stats().running, 0);
    },
  },
  {
    id: 'D6-limit-of-streams-and-chunks',
    rule: 'D6',
    title: 'a stream holds its place under a limit until it is left, and a chunk counts as one task',
    requires: ['stream'],
    async run({ create, tasks: { basics, streams }, trace }) {
      const executor = create({ maxWorkers: 2 });
      const limited = executor.limit(1);
      const stream = limited.stream(streams.endless, trace().handle);
      await stream.next();
      const next = limited.submit(basics.add, 1, 2);
      assert.equal(await executor.submit(basics.add, 2, 2), 4);
      assert.equal(next.state, 'queued');
      await stream.return?.();
      assert.equal(await next, 3);
      const sums = [];
      for await (const value of limited.map(basics.echo, [1, 2, 3, 4], { chunkSize: 2 })) sums.push(value);
      assert.deepEqual(sums, [1, 2, 3, 4]);
    },
  },
  {
    id: 'Q1-carriers-take-no-place',
    rule: 'Q1',
    title: 'with a context carrier, too, ready() keeps one place for one task',
    async run({ create, tasks: { basics }, gate }) {
      const registration = registerContextCarrier(carrierOf('tenant'));
      try {
        const executor = create({ maxWorkers: 1, maxQueue: 2 });
        const door = await gate();
        const blocker = executor.submit(basics.waitAt, door.handle);
        await door.waiting(1);
        const futures = [];
        for (let i = 0; i < 2; i += 1) {
          await executor.ready();
          futures.push(executor.submit(basics.add, i, i));
        }
        await assertCode(executor.submit(basics.nothing), 'ERR_QUEUE_FULL');
        door.open();
        await blocker;
        assert.deepEqual(await Promise.all(futures), [0, 2]);
      } finally {
        registration[Symbol.dispose]();
      }
    },
  },
];
