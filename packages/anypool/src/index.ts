import { provideDefaultExecutor } from '@anypool/core/backend';
import { defaultExecutor } from './default-executor.js';

export * from '@anypool/core';

provideDefaultExecutor(defaultExecutor);
