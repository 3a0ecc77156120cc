import { defineConfig } from 'rolldown';
import { builtins } from '../../scripts/builtins.js';

const common = { platform: 'node', transform: { target: 'es2022' }, plugins: [builtins] };
const output = { dir: 'dist', sourcemap: true, chunkFileNames: 'shared/[name].js' };

export default defineConfig([
  { ...common, input: { index: 'src/index.ts', task: 'src/task.ts', backend: 'src/backend.ts' }, output },
  // A worker loads this before its first task, and each file takes it some milliseconds: it is one, with nothing shared.
  { ...common, input: { worker: 'src/worker.ts' }, output },
]);
