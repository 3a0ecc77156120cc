import { describe, test } from 'node:test';
import { testsOf } from './listed-tests.js';
import { type ConformanceOptions, createConformanceSuite } from './suite.js';

/**
 * Registers every case as a test of `node:test`; call it at the top of a test file, once. The caps are the cases' own.
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
    const suite = await createConformanceSuite(options);
    for (const kind of options.kinds) {
      describe(kind, () => {
        for (const { name, run, skip } of testsOf(suite, kind)) test(name, skip === undefined ? {} : { skip }, run);
      });
    }
  });
}
