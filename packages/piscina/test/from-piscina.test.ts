import { testConformance } from '@anypool/conformance/vitest';
import type { ExecutorOptions } from '@anypool/core';
import { checkKind } from '@anypool/core/backend';
import { fromPiscina } from '@anypool/piscina';
import { Piscina } from 'piscina';
import { afterAll } from 'vitest';

/** The pools of the conformance cases, which know only of executors. */
const pools: Piscina[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.destroy()));
});

function createExecutor({ kind, ...options }: ExecutorOptions) {
  checkKind('piscina', kind ?? 'thread', ['thread']);
  const { maxWorkers = 2 } = options;
  const maxThreads = Number.isInteger(maxWorkers) && maxWorkers > 0 ? maxWorkers : 2;
  const pool = new Piscina({ minThreads: 0, maxThreads });
  pools.push(pool);
  return fromPiscina(pool, options);
}

const reason = 'there is no initializer: the workers are not the executor’s';

testConformance({
  module: import.meta.resolve('@anypool/piscina'),
  kinds: ['thread'],
  createExecutor,
  knownGaps: [
    { rule: 'S10', case: 'S10-imported-by-the-initializer', reason },
    { rule: 'O4', case: 'O4-values-arrive', reason },
    { rule: 'O4', case: 'O4-as-they-were-at-submit', reason },
    { rule: 'O4', case: 'O4-one-side-only', reason },
    { rule: 'O4', case: 'O4-disposed', reason },
    { rule: 'O4', case: 'O4-inject-fails', reason },
    { rule: 'O4', case: 'O4-extract-misbehaves', reason },
  ],
});
