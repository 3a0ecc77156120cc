// A worker host as a process of its own: `node host-process.js JSON`, which are the options of the host and of its executor.
import { createWorkerHost } from '@anypool/bullmq';
import { createExecutor } from '@anypool/native';

const { executor: executorOptions, ...options } = JSON.parse(process.argv[2]);
const executor = createExecutor(executorOptions);
const host = createWorkerHost({ ...options, executor });
await host.ready();
process.once('SIGTERM', async () => {
  await host.close();
  await executor.shutdown();
  console.log(JSON.stringify(host.stats()));
});
console.log('ready');
