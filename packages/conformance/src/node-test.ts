import { after, describe, test } from 'node:test';
import { boundSuite } from './bound-suite.js';
import { testsOf } from './listed-tests.js';
import type { ConformanceOptions } from './suite.js';

/**
 * Registers every case as a test of `node:test`; call it at the top of a test file, once. The caps are the cases' own. The cases run in a
 * process of their own, unless `createExecutor` is given: one that hangs or ends its process is a failed test, and the next one runs.
 *
 * @example
 * ```ts
 * import { testConformance } from '@anypool/conformance/node-test';
 *
 * testConformance({ module: import.meta.resolve('@anypool/tinypool'), kinds: ['thread', 'process'] });
 * ```
 */
export function testConformance(options: ConformanceOptions): void {
  describe('conformance', async () => {
    const suite = await boundSuite(options);
    after(() => suite.end());
    for (const kind of new Set(options.kinds)) {
      describe(kind, () => {
        for (const { name, run, skip } of testsOf(suite.cases, kind))
          test(name, skip === undefined ? {} : { skip }, run);
      });
    }
  });
}
