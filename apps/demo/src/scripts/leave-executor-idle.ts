import { tasksFrom } from '@anypool/core';
import { loadTarget } from '../backends.js';

// Leaves its executor open, with a worker that would be kept for ever.
const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));
const target = await loadTarget(process.argv[2] ?? '');
const executor = target.createExecutor({ maxWorkers: 2, idleTimeout: Number.POSITIVE_INFINITY });

console.log(`result ${await executor.submit(probes.double, 21)}, executor ${executor.state}`);
