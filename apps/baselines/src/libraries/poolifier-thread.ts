import { ThreadWorker } from 'poolifier';
import { type Call, runCall } from './call.js';

const worker: ThreadWorker<Call, unknown> = new ThreadWorker<Call, unknown>({
  // Must be an async function; for any other, a promise is a value like any other.
  run: async (call) => call && (await runCall(call)).value,
});
export default worker;
