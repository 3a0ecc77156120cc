import { expose, Transfer } from 'threads/worker';
import { type Call, runCall } from './call.js';

expose({
  async run(call: Call) {
    const { value, transferList } = await runCall(call);
    return transferList.length > 0 ? Transfer(value, transferList) : value;
  },
});
