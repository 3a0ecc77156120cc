// No receive(): serve() is told which worker it serves in, and whatever else a worker is asked to do is done here.
import { parentPort, workerData } from 'node:worker_threads';
import type { Call, CallTarget, ControlMessage } from '@anypool/core/backend';
import { type ServeChannel, type ServingWorker, serve } from '@anypool/core/worker';
import type { FromWorker, ToWorker } from './adapter.js';

interface Data {
  readonly worker: ServingWorker;
  readonly initializer?: CallTarget;
  readonly finalizer?: CallTarget;
}

const port = parentPort;
if (port === null) throw new Error('This file is for a Worker.');
const { worker, initializer, finalizer }: Data = workerData;

let control: (message: ControlMessage) => void = () => {};
const channel: ServeChannel = {
  post: (message, transferList) => tell({ message }, transferList),
  onControl(listener) {
    control = listener;
  },
};

function tell(message: FromWorker, transferList?: Parameters<ServeChannel['post']>[1]): void {
  port?.postMessage(message, transferList);
}

async function hook(target: CallTarget | undefined): Promise<void> {
  if (target === undefined) return;
  const module = await import(target.module);
  await module[target.name](...target.args);
}

async function run(call: Call): Promise<void> {
  tell({ outcome: await serve(call, channel, worker) });
}

async function stop(): Promise<void> {
  await hook(finalizer).catch(() => {});
  process.exit();
}

port.on('message', (message: ToWorker) => {
  if ('call' in message) void run(message.call);
  else if ('control' in message) control(message.control);
  else void stop();
});
await hook(initializer);
tell({ ready: true });
