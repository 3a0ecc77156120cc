// A worker host of the bench as a process: `node host.js CONTENDER URL QUEUE CONCURRENCY`. It says when it takes tasks, and ends at SIGTERM.
import { fileURLToPath } from 'node:url';
import { createWorkerHost } from '@anypool/bullmq';
import { createExecutor } from '@anypool/native';
import { Worker } from 'bullmq';
import { wait } from './tasks.js';

const [, , contender = '', url = '', queue = '', concurrency = '8'] = process.argv;
const many = Number(concurrency);

if (contender === 'anypool') {
  const executor = createExecutor({ maxWorkers: many });
  const host = createWorkerHost({
    connection: url,
    queue,
    tasks: [new URL('./tasks.js', import.meta.url)],
    executor,
    concurrency: many,
  });
  await host.ready();
  process.once('SIGTERM', async () => {
    await host.close();
    await executor.shutdown();
  });
} else {
  const inline = async ({ data }: { data: { ms?: number } }): Promise<null> => {
    if (data.ms !== undefined) await wait(data.ms);
    return null;
  };
  const sandboxed = fileURLToPath(new URL('./sandboxed.js', import.meta.url));
  const worker = new Worker(queue, contender === 'sandboxed' ? sandboxed : inline, {
    connection: { url },
    concurrency: many,
  });
  await worker.waitUntilReady();
  process.once('SIGTERM', () => void worker.close());
}
console.log('ready');
