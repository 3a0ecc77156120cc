import { fileURLToPath } from 'node:url';
import type { CarryingTask } from '@anypool/core';
import { taskContext } from '@anypool/core/task';
import type { Attributes } from '@opentelemetry/api';

/** What a task's span says of it: what OpenTelemetry has a convention for by that, the rest by names of our own. */
export function taskAttributes({ module, name }: CarryingTask): Attributes {
  const { executor, kind, workerId, taskId } = taskContext();
  return {
    'code.function.name': name,
    ...(module.startsWith('file:') && { 'code.file.path': fileURLToPath(module) }),
    // The source text of an inline task says less than that it is one.
    'anypool.task.module': module.startsWith('data:') ? 'data:' : module,
    'anypool.task.id': taskId,
    'anypool.executor.name': executor,
    'anypool.worker.id': workerId,
    'anypool.worker.kind': kind,
  };
}
