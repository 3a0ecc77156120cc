import workerpool from 'workerpool';
import { type Call, runCall } from './call.js';

workerpool.worker({
  async run(call: Call) {
    const { value, transferList } = await runCall(call);
    return transferList.length > 0 && value instanceof Object ? new workerpool.Transfer(value, transferList) : value;
  },
});
