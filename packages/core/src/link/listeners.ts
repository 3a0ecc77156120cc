import type { EventEmitter } from 'node:events';

/**
 * Takes off the listener that was added last, which is the library's right after it has made its worker: others, of whoever watches all
 * workers of the process, stay. Throws if there is none: the library is another version than the adapter knows.
 */
export function takeLastListener(raw: EventEmitter, event: string): (...args: unknown[]) => void {
  const listener = raw.listeners(event).at(-1) as ((...args: unknown[]) => void) | undefined;
  if (listener === undefined)
    throw new Error(
      `The library has no '${event}' listener on its worker; its version is none that this adapter knows.`,
    );
  raw.off(event, listener);
  return listener;
}
