import { receive } from '@anypool/core/worker';

process.on('message', async (message) => {
  if (typeof message === 'object' && message !== null && 'call' in message)
    process.send({ reply: await receive(message.call) });
});
