import { defineConfig } from 'rolldown';
import { builtins } from '../../scripts/builtins.js';

const common = { platform: 'node', transform: { target: 'es2022' }, plugins: [builtins] };
const output = { dir: 'dist', sourcemap: true, chunkFileNames: 'shared/[name].js' };

export default defineConfig([
  { ...common, input: { index: 'src/index.ts', backend: 'src/backend.ts' }, output },
  // A worker loads these before its first task and with it, and each file takes it some milliseconds: each is one, with nothing shared.
  { ...common, input: { worker: 'src/worker.ts' }, output },
  { ...common, input: { task: 'src/task.ts' }, output },
]);
