// An executor, or a host, whose Redis goes: `node alone-process.js JSON`. A message says that it has gone; the process must end then.
import { createExecutor, createWorkerHost } from '@anypool/bullmq';
import { inlineExecutor } from '@anypool/core';

const [, , options, what] = process.argv;
const { tasks, ...common } = JSON.parse(options);

async function executing(end) {
  const executor = createExecutor(common);
  await executor.warmUp(1);
  return () => end(executor);
}

async function hosting(end) {
  const host = createWorkerHost({ ...common, tasks, executor: inlineExecutor() });
  await host.ready();
  return () => end(host);
}

const ends = {
  idle: () => executing(() => {}),
  shutdown: () => executing((executor) => executor.shutdown()),
  terminate: () => executing((executor) => executor.terminate()),
  close: () => hosting((host) => host.close()),
  'close with a timeout': () => hosting((host) => host.close({ timeout: 1 })),
};
const end = await ends[what]();
process.once('message', async () => {
  process.disconnect();
  await end();
  console.log('over');
});
process.send('ready');
