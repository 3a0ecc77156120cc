import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.js';
import { outcome } from './map-outcome.js';

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
  {
    id: 'M5-refused-after-those-put-back',
    rule: 'M5',
    title: 'an item that cannot travel is refused at its place, also where those before it are put back first',
    kinds: ['thread', 'process'],
    async run({ create, tasks: { basics, lifecycle }, gate, trace }) {
      for (const chunkSize of [1, 3, 6]) {
        const executor = create({ maxWorkers: 1 });
        const [door, log] = [await gate(), trace()];
        assert.equal(await executor.submit(lifecycle.exitSlowlyAfter, door.handle, log.handle), 'returned');
        await log.until(1);
        const items = [1, 2, { onDone: () => {} }, 4, 5];
        const end = outcome(executor.map(basics.echo, items, { chunkSize }));
        door.open();
        const { values, error } = await end;
        const { code, path } = Object(error);
        assert.deepEqual(
          [values, code, path],
          [[1, 2], 'ERR_NOT_CLONEABLE', 'args[0].onDone'],
          `chunkSize ${chunkSize}`,
        );
      }
    },
  },
];
