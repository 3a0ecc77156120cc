import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/**
 * Runs what is a task's own, so that the async context which it leaves is not the next one's (S9).
 *
 * Before Node 24, `enterWith()` writes into the resource that it is called in, which for a message is the port or pipe that all of them come
 * by, and for a snapshot is the snapshot; so each task has a resource to itself. Since then, nothing outlives the function that was called.
 */
export const inOwnScope: <T>(run: () => T) => T = outlives()
  ? (run) => new AsyncResource('anypool').runInAsyncScope(run)
  : (run) => run();

/** Whether what is entered inside of a snapshot is still there at its next use. Asked, since an option of Node decides it as well. */
function outlives(): boolean {
  const storage = new AsyncLocalStorage<boolean>();
  const inside = AsyncLocalStorage.snapshot();
  inside(() => storage.enterWith(true));
  const left = inside(() => storage.getStore()) === true;
  storage.disable();
  return left;
}
