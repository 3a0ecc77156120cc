import { defineConfig } from 'vite';

export default defineConfig({
  ssr: { noExternal: [/^anypool$/, /^@anypool\//] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/vite-bundled',
    rolldownOptions: {
      input: { main: 'bundled/main.ts', work: 'bundled/work.ts', 'pool-worker': '@anypool/tinypool/worker' },
      output: { chunkFileNames: '[name]-[hash].js' },
    },
  },
});
