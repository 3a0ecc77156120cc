// A worker host of the demo: `node worker-host.js CONNECTION QUEUE`. It says when it takes tasks, and drains at SIGTERM.
import { createWorkerHost } from '@anypool/bullmq';
import { createExecutor } from '@anypool/native';

const [, , connection = '', queue = ''] = process.argv;
const tasks = ['examine-file', 'failures', 'probes', 'throws-on-import', 'absent'];

const executor = createExecutor({ kind: 'process', maxWorkers: 4 });
const host = createWorkerHost({
  connection,
  queue,
  tasks: tasks.map((name) => new URL(`../tasks/${name}.js`, import.meta.url)),
  executor,
});
const noRedis = setTimeout(() => process.exit(1), 10_000);
await host.ready();
clearTimeout(noRedis);
process.once('SIGTERM', async () => {
  await host.close();
  await executor.shutdown();
});
console.log('ready');
