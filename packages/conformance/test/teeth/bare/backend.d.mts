import type { Backend } from '@anypool/core/backend';

export function bareBackend(kind: 'thread' | 'process', entry?: URL): Backend;
