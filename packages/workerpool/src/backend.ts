import { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  type Backend,
  capabilities,
  startProcessWorker,
  startThreadWorker,
  takeLastListener,
  type WorkerInit,
  type WorkerLibrary,
} from '@anypool/core/backend';
import { pool as openPool, type Pool, type WorkerPoolOptions } from 'workerpool';
import type { WorkerpoolOptions } from './options.js';

/** workerpool's threads. */
export function threadBackend(entry: string, options: WorkerpoolOptions): Backend {
  return {
    name: 'workerpool',
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
    startWorker: (init, events) =>
      startThreadWorker(init, events, poolOfOne(openPool(entry, threadOptions(init, options)), Worker)),
  };
}

/** workerpool's child processes. */
export function processBackend(entry: string, options: WorkerpoolOptions): Backend {
  return {
    name: 'workerpool',
    kind: 'process',
    capabilities: capabilities({ terminate: true, stream: true, recycle: true, isolation: true }),
    startWorker: (init, events) =>
      startProcessWorker(init, events, poolOfOne(openPool(entry, processOptions(init, options)), ChildProcess)),
  };
}

/** A pool with a single worker, for each of the executor's workers: of several, workerpool does not say which one died. */
function poolOfOne<Raw extends EventEmitter>(
  pool: Pool,
  type: abstract new (...args: never) => Raw,
): WorkerLibrary<Raw> {
  let handler: Handler;
  return {
    start(message, transfer) {
      // The first exec() makes the worker. workerpool 10.0.3 sends it from inside an event: one that cannot be cloned would end the caller's
      // process (W5), so the first asks only whether the worker is there.
      const up = pool.exec('methods');
      handler = handlerOf(pool);
      const raw = handler.worker;
      if (!(raw instanceof type)) throw new Error('workerpool started no worker; this adapter knows workerpool 10.0.');
      leaveOnlyReplies(raw);
      return {
        raw,
        reply: new Promise((resolve, reject) => up.then(resolve, reject)).then(() =>
          pool.exec('receive', [message], { transfer }),
        ),
      };
    },
    discard() {
      // With a worker, even a dead one, workerpool 10.0.3 would set a timer and wait for its 'exit', which is over (X7). Without, it only gives
      // the worker's number back, of which a process has 22,000: they are ports for debuggers, taken whether there is one or not.
      handler.worker = null;
      pool.terminate(true);
    },
  };
}

/** What workerpool 10.0 keeps of a worker. */
interface Handler {
  worker: unknown;
}

function handlerOf(pool: Pool): Handler {
  const workers: unknown = Reflect.get(pool, 'workers');
  const handler: unknown = Array.isArray(workers) ? workers[0] : undefined;
  if (isHandler(handler)) return handler;
  throw new Error('workerpool has no worker; this adapter knows workerpool 10.0.');
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'object' && value !== null && 'worker' in value;
}

function leaveOnlyReplies(raw: EventEmitter): void {
  // At these, workerpool 10.0.3 gives its call up, with a reply that is still on its way (W3), or for a reason of its own in place of the
  // real one. Core knows by itself how a worker ended.
  takeLastListener(raw, 'error');
  takeLastListener(raw, 'exit');
  // A task can send what it likes: null would be an exception in workerpool 10.0.3's listener, and the end of the caller's process (W2).
  const listener = takeLastListener(raw, 'message');
  raw.on('message', (message) => {
    if (message !== null && message !== undefined) listener(message);
  });
}

function threadOptions(init: WorkerInit, options: WorkerpoolOptions): WorkerPoolOptions {
  const { workerData, trackUnmanagedFds, name } = options.workerThreadOpts ?? {};
  const { env, argv, execArgv, resourceLimits } = init;
  return {
    ...poolOptions(options),
    workerType: 'thread',
    workerThreadOpts: {
      workerData,
      ...(trackUnmanagedFds !== undefined && { trackUnmanagedFds }),
      ...(name !== undefined && { name }),
      ...(env && { env }),
      ...(argv && { argv: [...argv] }),
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(resourceLimits && { resourceLimits }),
    },
  };
}

function processOptions(init: WorkerInit, options: WorkerpoolOptions): WorkerPoolOptions {
  const { cwd, detached, execPath, uid, gid, windowsVerbatimArguments } = options.forkOpts ?? {};
  const { env, argv, execArgv = [] } = init;
  return {
    ...poolOptions(options),
    workerType: 'process',
    ...(argv && { forkArgs: [...argv] }),
    forkOpts: {
      ...(cwd !== undefined && { cwd }),
      ...(detached !== undefined && { detached }),
      ...(execPath !== undefined && { execPath }),
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      ...(windowsVerbatimArguments !== undefined && { windowsVerbatimArguments }),
      ...(env && { env }),
      execArgv: lastWord(execArgv),
      // By default, JSON, which carries no bytes, and of numbers neither -0 nor NaN (V1).
      serialization: 'advanced',
      // Pipes: workerpool 10.0.3 overwrites 'stdio'. stdin is the guard's, and core forwards the output (W10, W11).
      silent: true,
    },
  };
}

function poolOptions({ debugPortStart }: WorkerpoolOptions): WorkerPoolOptions {
  return { maxWorkers: 1, ...(debugPortStart !== undefined && { debugPortStart }) };
}

// workerpool 10.0.3 appends the caller's --max-old-space-size, which would overrule the executor's own (W10): of two, the last one counts.
function lastWord(execArgv: readonly string[]): string[] {
  return Object.assign([...execArgv], { concat: (added: string[]) => [...added, ...execArgv] });
}
