import workerpool from 'workerpool';
import { crunch, crunchWhere, echo, exit, hold, noop } from '../tasks.js';

function echoMoved(bytes: Uint8Array): unknown {
  return new workerpool.Transfer(bytes, [bytes.buffer]);
}

workerpool.worker({ noop, crunch, crunchWhere, echo, echoMoved, hold, exit });
