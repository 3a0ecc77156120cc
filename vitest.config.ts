import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What runs the whole suite against an executor takes minutes: begun last, it would be all that runs in the end. */
const wholeSuites = /\/(?:conformance|from-[a-z]+|teeth)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => wholeSuites.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['{packages,apps,examples}/*/test/**/*.test.ts', 'scripts/test/*.test.js'],
    // Files run in processes of their own: the tests count workers, handles and listeners of the process that they are in.
    pool: 'forks',
    // The packages run as they are published: transformed, a function's text, which inlineTask() sends, would be another.
    server: { deps: { external: [/\/(?:packages|examples)\/[^/]+\/dist\//] } },
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
