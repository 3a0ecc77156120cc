export * from '@anypool/core/task';
