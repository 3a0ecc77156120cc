// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import type { Executor, ExecutorOptions } from '@anypool/core';
import { createExecutor, type TinypoolExecutorOptions } from '@anypool/tinypool';

const executor: Executor = createExecutor();
createExecutor({});
createExecutor({
  kind: 'process',
  maxWorkers: 2,
  tinypool: { workerData: 1, trackUnmanagedFds: false, terminateTimeout: 100 },
});
createExecutor({ kind: undefined, tinypool: undefined });

// A configuration for adapters of any kind of library.
const shared: ExecutorOptions<'thread'> = { maxWorkers: 2 };
createExecutor(shared);
declare const either: ExecutorOptions;
createExecutor(either);

// @ts-expect-error: tinypool has no inline workers
createExecutor({ kind: 'inline' });
// @ts-expect-error: not an option of tinypool
createExecutor({ tinypool: { size: 2 } });
// @ts-expect-error: of another adapter
createExecutor({ workerpool: {} });
// @ts-expect-error: a number
const options: TinypoolExecutorOptions = { tinypool: { terminateTimeout: '1' } };

export { executor, options };
