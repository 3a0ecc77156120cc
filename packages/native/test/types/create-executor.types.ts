// Checked by `tsc -p tsconfig.tests.json`, not run: what must compile does, and each @ts-expect-error line must not.
import type { Executor, ExecutorOptions } from '@anypool/core';
import { createExecutor, type NativeExecutorOptions } from '@anypool/native';

const executor: Executor = createExecutor();
createExecutor({});
createExecutor({
  kind: 'process',
  maxWorkers: 2,
  native: { worker: { workerData: 1 }, fork: { cwd: '/' } },
});
createExecutor({ kind: undefined, native: undefined });

// A configuration for adapters of any kind of library.
const shared: ExecutorOptions<'thread'> = { maxWorkers: 2 };
createExecutor(shared);
declare const either: ExecutorOptions;
createExecutor(either);

// @ts-expect-error: native has no inline workers
createExecutor({ kind: 'inline' });
// @ts-expect-error: not an option of native
createExecutor({ native: { size: 2 } });
// @ts-expect-error: of another adapter
createExecutor({ tinypool: {} });
// @ts-expect-error: a number
const options: NativeExecutorOptions = { native: { fork: { uid: '1' } } };

export { executor, options };
