import { fileURLToPath } from 'node:url';
import type { Executor, ExecutorOptions } from '@anypool/core';
import { DynamicClusterPool, DynamicThreadPool, FixedClusterPool, FixedThreadPool } from 'poolifier';
import { type Baseline, createBaseline, workerSettings } from './baseline.js';
import type { Call } from './call.js';

const threadFile = fileURLToPath(new URL('./poolifier-thread.js', import.meta.url));
const clusterFile = fileURLToPath(new URL('./poolifier-cluster.js', import.meta.url));

type AnyPool = FixedThreadPool<Call> | FixedClusterPool<Call>;

// Without a queue of its own a worker is given every task at once.
const enableTasksQueue = true;

function threadPool(min: number | undefined, max: number, options: ExecutorOptions): AnyPool {
  const settings = { enableTasksQueue, workerOptions: workerSettings(options) };
  if (min === undefined || min === max) return new FixedThreadPool<Call>(max, threadFile, settings);
  return new DynamicThreadPool<Call>(min, max, threadFile, settings);
}

function clusterPool(min: number | undefined, max: number, options: ExecutorOptions): AnyPool {
  const { env, argv, execArgv } = workerSettings(options);
  const settings = {
    enableTasksQueue,
    ...(env && { env }),
    settings: { serialization: 'advanced', ...(argv && { args: argv }), ...(execArgv && { execArgv }) },
  } as const;
  if (min === undefined || min === max) return new FixedClusterPool<Call>(max, clusterFile, settings);
  return new DynamicClusterPool<Call>(min, max, clusterFile, settings);
}

const poolifier: Baseline = {
  name: 'poolifier',
  kinds: ['thread', 'process'],
  offers: ['minWorkers', 'env', 'argv', 'execArgv', 'resourceLimits'],
  terminate: false,
  open({ kind, minWorkers: min, maxWorkers: max, ...options }) {
    const pool = kind === 'thread' ? threadPool(min, max, options) : clusterPool(min, max, options);
    pool.emitter?.on('error', () => {}); // an error in a worker would end this process
    return {
      run: (call, { signal, transferList }) => pool.execute(call, 'run', signal, transferList),
      async shutdown(settled) {
        await settled(); // destroy() leaves queued and running tasks unsettled
        await pool.destroy();
      },
      terminate: () => pool.destroy(),
    };
  },
};

/** poolifier as an executor. */
export function createExecutor(options: ExecutorOptions = {}): Executor {
  return createBaseline(poolifier, options);
}
