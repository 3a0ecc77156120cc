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
