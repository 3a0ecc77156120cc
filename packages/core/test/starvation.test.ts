// D5: an executor warns once, also where looking at what waits moves the queue along, which then asks for it to be watched.
import { expect, test } from 'vitest';
import type { Job } from '../src/engine/job.js';
import { type Larder, Starvation } from '../src/engine/starvation.js';

const threshold = 10;

test('D5: there is one look at a time, and one warning', async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', listen);
  let looks = 0;
  let isInside = false;
  let enough: () => void = () => {};
  const larder: Larder = {
    name: 'the pool',
    waiting: 7,
    isFullyBusy: true,
    lastUp: 0,
    active: [],
    oldest() {
      looks += 1;
      if (!isInside) {
        isInside = true;
        starvation.watch();
        isInside = false;
      }
      if (looks > 10) enough();
      // At first there is always something that waits, and nothing for long.
      return { submittedAt: looks > 10 ? 0 : performance.now() } as Job;
    },
  };
  const starvation = new Starvation(larder, threshold);
  const began = performance.now();
  await new Promise<void>((resolve) => {
    enough = resolve;
    starvation.watch();
  });
  // With two looks for each, these would have been over in a third of the time.
  expect(performance.now() - began).toBeGreaterThan(9 * threshold);
  // A second warning would come with the first: all that had been waiting to look would see the same.
  await new Promise((resolve) => setTimeout(resolve, 2 * threshold));
  process.off('warning', listen);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^A task of 'the pool' has .*; 7 are waiting\. The workers are between two of their tasks\. Raise/,
    ),
  ]);
});

test('D5: the time that workers took to come up is not held against the tasks in them, but for once only', async () => {
  const warned = new Promise<string>((resolve) => process.once('warning', ({ message }) => resolve(message)));
  const looks: number[] = [];
  const submittedAt = performance.now() - 5 * threshold;
  const larder: Larder = {
    name: 'the pool',
    waiting: 1,
    isFullyBusy: true,
    // Workers come and go all the time.
    get lastUp() {
      return performance.now();
    },
    active: [],
    oldest() {
      looks.push(performance.now());
      return { submittedAt } as Job;
    },
  };
  new Starvation(larder, threshold).watch();
  expect(await warned).toMatch(/^A task of 'the pool' has waited for/);
  // The first is to know when to look, the second would have warned.
  expect(looks).toHaveLength(3);
});
