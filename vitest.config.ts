import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps,examples}/*/test/**/*.test.ts', 'scripts/test/*.test.js'],
    // Files run in processes of their own: the tests count workers, handles and listeners of the process that they are in.
    pool: 'forks',
    // The packages run as they are published: transformed, a function's text, which inlineTask() sends, would be another.
    server: { deps: { external: [/\/(?:packages|examples)\/[^/]+\/dist\//] } },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
