import { MessagePort, workerData } from 'node:worker_threads';
import { answering } from './serve-bare.js';

const { port, isCoalesced }: { readonly port: unknown; readonly isCoalesced: boolean } = workerData;
if (!(port instanceof MessagePort)) throw new TypeError('a bare worker needs its port');
port.on(
  'message',
  answering(isCoalesced, (value, moved) => port.postMessage(value, moved)),
);
