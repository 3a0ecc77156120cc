import { testConformance } from '@anypool/conformance/vitest';
import type { ExecutorOptions } from '@anypool/core';
import { fromTinypool } from '@anypool/tinypool';
import { Tinypool } from 'tinypool';
import { afterAll } from 'vitest';

const pools: Tinypool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
});

function createExecutor({ kind, ...options }: ExecutorOptions) {
  const pool = new Tinypool({
    runtime: kind === 'process' ? 'child_process' : 'worker_threads',
    minThreads: 0,
    maxThreads: options.maxWorkers ?? 2,
  });
  pools.push(pool);
  return fromTinypool(pool, options);
}

testConformance({ module: import.meta.resolve('@anypool/tinypool'), kinds: ['thread', 'process'], createExecutor });
