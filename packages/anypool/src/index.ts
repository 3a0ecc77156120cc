import { provideDefaultExecutor } from '@anypool/core/backend';
import { defaultExecutor } from './default-executor.js';

export * from '@anypool/core';
export { openExecutor } from './open-executor.js';

provideDefaultExecutor(defaultExecutor);
