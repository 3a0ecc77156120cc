import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/vite-external',
    rolldownOptions: {
      input: { main: 'typed/main.ts', work: 'typed/work.ts' },
      // Beside the entries: `new URL('./work.js', import.meta.url)` is to name the same file in a chunk.
      output: { chunkFileNames: '[name]-[hash].js' },
    },
  },
});
