import { parentPort } from 'node:worker_threads';
import { receive } from '@anypool/core/worker';

parentPort.on('message', async ({ call }) => parentPort.postMessage({ reply: await receive(call) }));
