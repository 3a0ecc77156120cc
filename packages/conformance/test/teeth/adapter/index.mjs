// An adapter as scripts import it: `index.mjs?damage=...` is broken in the way that damages.mjs has under this name.
import { createExecutorFrom } from '@anypool/core/backend';
import { bareBackend } from '../bare/backend.mjs';
import { damages } from './damages.mjs';

const damage = damages[new URL(import.meta.url).searchParams.get('damage')];
damage?.onImport?.();

export function createExecutor({ kind = 'thread', ...options } = {}) {
  const executor = createExecutorFrom(bareBackend(kind, damage?.entry), { kind, ...options });
  return damage?.executor?.(executor) ?? executor;
}
