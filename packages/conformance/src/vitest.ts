import { afterAll, describe, test } from 'vitest';
import { boundSuite } from './bound-suite.js';
import { testsOf } from './listed-tests.js';
import type { ConformanceOptions } from './suite.js';

/**
 * Registers every case as a vitest test; call it at the top of a test file, once. The cases run in a process of their own, unless
 * `createExecutor` is given: one that hangs or ends its process is a failed test, and the next one runs.
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
    const suite = await boundSuite(options);
    afterAll(() => suite.end());
    for (const kind of new Set(options.kinds)) {
      describe(kind, () => {
        for (const { name, run, skip } of testsOf(suite.cases, kind)) {
          if (skip !== undefined) test.skip(`${name} [${skip}]`);
          // The cap is the case's own: vitest's would end the test and leave the case's workers behind.
          else test(name, { timeout: 0 }, run);
        }
      });
    }
  });
}
