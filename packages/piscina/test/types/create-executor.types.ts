// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import type { Executor, ExecutorOptions } from '@anypool/core';
import { createExecutor, type PiscinaExecutorOptions } from '@anypool/piscina';

const executor: Executor = createExecutor();
createExecutor({});
createExecutor({
  kind: 'thread',
  maxWorkers: 2,
  piscina: { workerData: 1, trackUnmanagedFds: false, niceIncrement: 1 },
});
createExecutor({ kind: undefined, piscina: undefined });

// A configuration for adapters of any kind of library.
const shared: ExecutorOptions<'thread'> = { maxWorkers: 2 };
createExecutor(shared);

// @ts-expect-error: piscina has no processes
createExecutor({ kind: 'process' });
// @ts-expect-error: nor has it inline workers
createExecutor({ kind: 'inline' });
declare const either: ExecutorOptions;
// @ts-expect-error: it may be a process
createExecutor(either);
// @ts-expect-error: the executor's own maxWorkers decides
createExecutor({ piscina: { maxThreads: 2 } });
// @ts-expect-error: of another adapter
createExecutor({ tinypool: {} });
// @ts-expect-error: a boolean
const options: PiscinaExecutorOptions = { piscina: { trackUnmanagedFds: 1 } };

export { executor, options };
