import { provideDefaultExecutor } from '@anypool/core/backend';
import { defaultExecutor } from './default-executor.js';

export * from '@anypool/core';
export { openExecutor, type RemoteExecutorOptions } from './open-executor.js';

provideDefaultExecutor(defaultExecutor);
