// A task module that Node runs as it is, where it strips types.
import { taskContext } from '@anypool/core/task';

export function twice(n: number): number {
  return 2 * n;
}

export function where(): { readonly kind: string } {
  return { kind: taskContext().kind };
}
