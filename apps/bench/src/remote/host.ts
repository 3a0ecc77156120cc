// A worker host of the bench as a process: `node host.js CONTENDER URL QUEUE CONCURRENCY`. It says when it takes tasks, and ends at SIGTERM.
import { fileURLToPath } from 'node:url';
import { Worker as Thread } from 'node:worker_threads';
import { createWorkerHost } from '@anypool/bullmq';
import { createExecutor } from '@anypool/native';
import { type Processor, Worker } from 'bullmq';
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
  const processors: Readonly<Record<string, () => string | Processor>> = {
    raw: () => onMainThread,
    threads: () => inThreads(many),
    sandboxed: () => fileURLToPath(new URL('./sandboxed.js', import.meta.url)),
  };
  const worker = new Worker(queue, processors[contender]?.(), { connection: { url }, concurrency: many });
  await worker.waitUntilReady();
  process.once('SIGTERM', () => void worker.close().then(() => process.exit()));
}
console.log('ready');

async function onMainThread({ data }: { data: { ms?: number } }): Promise<null> {
  if (data.ms !== undefined) await wait(data.ms);
  return null;
}

/** Off the main thread with as little as Node needs for that: a message there and one back. */
function inThreads(count: number): Processor {
  const idle = Array.from({ length: count }, () => new Thread(new URL('./bare-thread.js', import.meta.url)));
  return async ({ data }) => {
    const thread = idle.pop();
    if (thread === undefined) throw new Error('BullMQ has begun more jobs than it was told to.');
    thread.postMessage(data.ms);
    await new Promise((resolve) => thread.once('message', resolve));
    idle.push(thread);
    return null;
  };
}
