import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';

/** M5: several items at once, given to a worker that dies before it begins them. */
export const mapChunkPutBackCases: readonly ConformanceCase[] = [
  {
    id: 'M5-large-chunk-put-back',
    rule: 'M5',
    title: 'a chunk of many items whose worker dies before it begins it goes to another one, whatever its size',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      const executor = create({ maxWorkers: 1 });
      const [door, log] = [await gate(), trace()];
      assert.equal(await executor.submit(lifecycle.exitSlowlyAfter, door.handle, log.handle), 'returned');
      await log.until(1);
      const size = 200_000;
      const items = Array.from({ length: size }, (_, i) => i);
      const results = executor.map(basics.echo, items, { chunkSize: size, buffer: size });
      const first = results.next();
      door.open();
      assert.deepEqual(await first, { done: false, value: 0 });
      await results.return?.();
      assert.equal(await executor.submit(basics.add, 1, 2), 3);
    },
  },
];
