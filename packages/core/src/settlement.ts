import type { Future } from './future.js';

type AnyFuture = Future<unknown>;

const listeners = new WeakMap<AnyFuture, Set<() => void>>();

/**
 * Calls a listener when a Future settles, in a turn of its own; to be taken back by {@link unlisten}.
 *
 * A reaction of the promise itself cannot be taken back: it would keep all that it was made with until the Future settles, be that never.
 */
export function listen(future: AnyFuture, listener: () => void): void {
  let known = listeners.get(future);
  if (known === undefined) {
    known = new Set();
    listeners.set(future, known);
    tellOf(future, known);
  }
  known.add(listener);
}

/** Takes back {@link listen}. */
export function unlisten(future: AnyFuture, listener: () => void): void {
  listeners.get(future)?.delete(listener);
}

// Apart from the first listener, which a closure made beside it would keep.
function tellOf(future: AnyFuture, known: ReadonlySet<() => void>): void {
  const tell = (): void => {
    listeners.delete(future);
    for (const listener of known) listener();
  };
  future.then(tell, tell);
}
