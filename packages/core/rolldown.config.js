import { defineConfig } from 'rolldown';

// One file for each entry and a few that they share: a worker loads this code before its first task, and each file of it takes time.
export default defineConfig({
  input: {
    index: 'src/index.ts',
    task: 'src/task.ts',
    backend: 'src/backend.ts',
    worker: 'src/worker.ts',
  },
  platform: 'node',
  transform: { target: 'es2022' },
  output: { dir: 'dist', sourcemap: true, chunkFileNames: 'shared/[name].js', minify: false },
});
