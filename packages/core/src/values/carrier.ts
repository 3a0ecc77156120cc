import type { WorkerKind } from '../executor.js';

/** How values travel: by structured clone (threads, inline), or as bytes that V8's serializer writes (processes). */
export interface Carrier {
  readonly via: 'clone' | 'bytes';
  readonly sharedMemory: boolean;
  /** Whether values can be moved by it. */
  readonly transfer: boolean;
}

/** How values travel to workers of that kind. */
export function carrierOf(
  kind: WorkerKind,
  { sharedMemory, transfer }: Pick<Carrier, 'sharedMemory' | 'transfer'>,
): Carrier {
  return { via: kind === 'process' || kind === 'remote' ? 'bytes' : 'clone', sharedMemory, transfer };
}

/** The least that any carrier can do. */
export const plainest: Carrier = { via: 'bytes', sharedMemory: false, transfer: false };
