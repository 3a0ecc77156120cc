/// <reference path="./threads-types.d.ts" />
import { expose, Transfer } from 'threads/worker';
import { crunch, crunchWhere, echo, hold, noop } from '../tasks.js';

function echoMoved(bytes: Uint8Array): unknown {
  return Transfer(bytes, [bytes.buffer]);
}

expose({ noop, crunch, crunchWhere, echo, echoMoved, hold });
