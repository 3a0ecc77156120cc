import { tasksFrom } from '@anypool/core';
import { loadTarget } from '../backends.js';

// Ends with its tasks running and queued, awaits nothing and shuts nothing down. Each task prints when it is done.
const probes = tasksFrom<typeof import('../tasks/probes.js')>(new URL('../tasks/probes.js', import.meta.url));
const target = await loadTarget(process.argv[2] ?? '');
const executor = target.createExecutor({ maxWorkers: 2 });

let settled = 0;
for (let task = 0; task < 40; task++) {
  void executor.submit(probes.double, task).then((result) => {
    settled++;
    console.log(`task ${result / 2}`);
  });
}
console.log(`end of script, ${settled} of 40 settled`);
