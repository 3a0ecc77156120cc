import type { ForkOptions } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import {
  type Backend,
  capabilities,
  type ProcessLibrary,
  startProcessWorker,
  startThreadWorker,
  type WorkerInit,
  type WorkerLibrary,
} from '@anypool/core/backend';
import type { NativeForkOptions, NativeThreadOptions } from './options.js';
import type { Reply } from './worker.js';

/** Behind the pipes of each process and the IPC channel. Node's IPC goes its own way on Windows, and pipes that are no stdio were not tried there. */
const linePipe = process.platform === 'win32' ? undefined : 4;

/** Threads of `node:worker_threads`. */
export function threadBackend(entry: string, options: NativeThreadOptions): Backend {
  return {
    name: 'native',
    kind: 'thread',
    capabilities: capabilities({
      transfer: true,
      sharedMemory: true,
      terminate: true,
      stream: true,
      recycle: true,
      resourceLimits: true,
      isolation: true,
    }),
    startWorker: (init, events) => startThreadWorker(init, events, thread(init, entry, options)),
  };
}

/** Processes of `node:child_process`. */
export function processBackend(entry: string, options: NativeForkOptions): Backend {
  return {
    name: 'native',
    kind: 'process',
    capabilities: capabilities({ terminate: true, stream: true, recycle: true, isolation: true }),
    startWorker: (init, events) => startProcessWorker(init, events, childProcess(init, entry, options)),
  };
}

function thread(init: WorkerInit, entry: string, options: NativeThreadOptions): WorkerLibrary<Worker> {
  return {
    start(message, transferList) {
      const raw = new Worker(entry, threadOptions(init, options));
      return { raw, reply: firstReply(raw, () => raw.postMessage(message, transferList)) };
    },
    // Nothing is held but the worker, and that is gone.
    discard() {},
  };
}

function childProcess(init: WorkerInit, entry: string, options: NativeForkOptions): ProcessLibrary {
  return {
    line: linePipe,
    start(message) {
      // Loaded only now: it takes as long as all of this package, and threads do without.
      const { fork } = process.getBuiltinModule('node:child_process');
      const raw = fork(entry, [...(init.argv ?? [])], forkOptions(init, options));
      // A process that could not be made hears nothing; its 'error' tells why.
      return { raw, reply: firstReply(raw, () => void raw.send({ message }, () => {})) };
    },
    discard() {},
  };
}

/** The worker's answer to the first message. The rest of what comes is what tasks send to whoever started them. */
function firstReply(raw: EventEmitter, send: () => void): Promise<unknown> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => {
      if (!isReply(message)) return;
      raw.off('message', listener);
      resolve(message.reply);
    };
    raw.on('message', listener);
    // Throws where an initializer's arguments cannot be cloned, which rejects.
    send();
  });
}

function isReply(message: unknown): message is Reply {
  return typeof message === 'object' && message !== null && 'anypool' in message && message.anypool === 'native/v1';
}

function threadOptions(init: WorkerInit, { workerData, trackUnmanagedFds, name }: NativeThreadOptions): WorkerOptions {
  const { env, argv, execArgv, resourceLimits } = init;
  return {
    workerData,
    ...(trackUnmanagedFds !== undefined && { trackUnmanagedFds }),
    ...(name !== undefined && { name }),
    ...(env && { env }),
    ...(argv && { argv: [...argv] }),
    ...(execArgv && { execArgv: [...execArgv] }),
    ...(resourceLimits && { resourceLimits }),
  };
}

function forkOptions(init: WorkerInit, { cwd, detached, execPath, uid, gid }: NativeForkOptions): ForkOptions {
  const { env, execArgv } = init;
  return {
    ...(cwd !== undefined && { cwd }),
    ...(detached !== undefined && { detached }),
    ...(execPath !== undefined && { execPath }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(env && { env: { ...env } }),
    ...(execArgv && { execArgv: [...execArgv] }),
    // By default, JSON, which carries no bytes (V1).
    serialization: 'advanced',
    // Pipes: stdin is the guard's, core forwards the output (W10, W11), and the last one is core's own.
    stdio: ['pipe', 'pipe', 'pipe', 'ipc', ...(linePipe === undefined ? [] : ['pipe' as const])],
  };
}
