import { describe, test } from 'vitest';
import { type ConformanceOptions, createConformanceSuite } from './suite.js';

/**
 * Registers every case as a vitest test; call it at the top of a test file, once.
 *
 * @example
 * ```ts
 * import { testConformance } from '@anypool/conformance/vitest';
 *
 * testConformance({ module: import.meta.resolve('@anypool/tinypool'), kinds: ['thread', 'process'] });
 * ```
 */
export function testConformance(options: ConformanceOptions): void {
  describe('conformance', async () => {
    const suite = await createConformanceSuite(options);
    for (const kind of options.kinds) {
      describe(kind, () => {
        for (const { case: testCase, gap, run, skip } of suite.filter((entry) => entry.kind === kind)) {
          const name = `${testCase.id}: ${testCase.title}`;
          if (skip !== undefined) {
            test.skip(`${name} [${skip}]`);
            continue;
          }
          if (gap !== undefined) {
            test(`${name} [known gap: ${gap}]`, { timeout: 0 }, async () => {
              if ((await run()).status === 'passed') throw new Error(`${testCase.id} passes: it is no gap any more.`);
            });
            continue;
          }
          // The cap is the case's own: vitest's would end the test and leave the case's workers behind.
          test(name, { timeout: 0 }, async () => {
            const result = await run();
            if (result.status !== 'passed') throw result.error;
          });
        }
      });
    }
  });
}
