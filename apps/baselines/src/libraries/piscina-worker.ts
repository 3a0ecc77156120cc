import { move } from 'piscina';
import { type Call, runCall } from './call.js';

export default async function run(call: Call): Promise<unknown> {
  const { value, transferList } = await runCall(call);
  return transferList.length > 0 && (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) ? move(value) : value;
}
