// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import type { Executor, ExecutorOptions } from '@anypool/core';
import { createExecutor, type WorkerpoolExecutorOptions } from '@anypool/workerpool';

const executor: Executor = createExecutor();
createExecutor({});
createExecutor({
  kind: 'process',
  maxWorkers: 2,
  workerpool: { workerThreadOpts: { workerData: 1 }, forkOpts: { cwd: '/' }, debugPortStart: 1 },
});
createExecutor({ kind: undefined, workerpool: undefined });

// A configuration for adapters of any kind of library.
const shared: ExecutorOptions<'thread'> = { maxWorkers: 2 };
createExecutor(shared);
declare const either: ExecutorOptions;
createExecutor(either);

// @ts-expect-error: workerpool has no inline workers
createExecutor({ kind: 'inline' });
// @ts-expect-error: not an option of workerpool
createExecutor({ workerpool: { size: 2 } });
// @ts-expect-error: of another adapter
createExecutor({ tinypool: {} });
// @ts-expect-error: a number
const options: WorkerpoolExecutorOptions = { workerpool: { debugPortStart: '1' } };

export { executor, options };
